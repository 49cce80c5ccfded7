// docs/testing.md: setGlobalDispatcher() of undici changes nothing for sojourn.
import { Session } from "sojourn";
import { fetch, MockAgent, setGlobalDispatcher } from "undici";

const agent = new MockAgent();
agent.disableNetConnect();
setGlobalDispatcher(agent);

const session = new Session({ trustEnv: false });
console.log((await session.get("https://example.com/get")).status); // 200
console.log(await fetch("https://example.com/get").catch(() => "mocked")); // mocked
await session.close();
