// What a page of the frontend has and Node has not: relative addresses lead to where the page came from, and that is the
// stack of the tests, wherever the page believes the service to be; what lent it a key there does so here. It ends when
// standard input does.
const BELIEVED = "http://localhost:3007";
const fetched = globalThis.fetch;

globalThis.fetch = async (address, options) => {
  const path = String(address).replace(BELIEVED, "");
  const headers = { ...options?.headers, Authorization: `Bearer ${process.env.STACK_KEY}` };
  const answer = await fetched(process.env.STACK_URL + path, { ...options, headers });
  console.log(`${options?.method ?? "GET"} ${path} ${answer.status}`);
  return answer;
};
process.stdin.on("end", () => process.exit(0)).resume();
