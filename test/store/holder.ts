/** Holds the lock of a file until it is killed. It says "held" when it does. */
import { lockOf } from "../../src/store/file-lock.ts";

const [path = ""] = process.argv.slice(2);
await lockOf(path).hold(5000, async () => {
  process.stdout.write("held\n");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
