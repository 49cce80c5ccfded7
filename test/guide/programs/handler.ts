import { Session } from "sojourn";

// Outside of the handler: its connections and cookies stay from one call to the next.
const session = new Session({ baseUrl: "https://example.com", timeout: { total: 10_000 } });

export async function handler(event: {
  readonly page: number;
}): Promise<{ statusCode: number; body: string }> {
  const response = await session.get("/get", { params: { page: event.page } });
  return { statusCode: response.status, body: response.text() };
}
