const { Session } = require("sojourn");

async function main() {
  const session = new Session({ baseUrl: "https://example.com" });
  const response = await session.get("/get", { params: { page: 2 } });
  console.log(response.status, response.json().args); // 200 { page: "2" }
  await session.close();
}

main();
