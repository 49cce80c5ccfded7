import { test } from "node:test";
import { MemorySessionStore } from "sojourn";
import { sessionStoreContract, sessionStoreModel, type OpenStore } from "sojourn/testing";

/** A new place, where nothing is stored: what it gives opens a store there. Yours stands here instead. */
function newPlace(): OpenStore {
  const store = new MemorySessionStore();
  return () => store;
}

for (const { name, run } of sessionStoreContract(newPlace)) test(name, run);

const { name, run } = sessionStoreModel(newPlace);
test(name, run);
