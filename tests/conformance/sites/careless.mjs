// A website that forgets what can go wrong: node careless.mjs 8000
import { createServer } from "node:http";

const { LOOKLOOX_BASE_URL, LOOKLOOX_APP_ID, LOOKLOOX_APP_SECRET } = process.env;
const names = new Map(); // the "database": accounts by their user_id

async function ask(endpoint, params) {
  const response = await fetch(`${LOOKLOOX_BASE_URL}/api/${endpoint}?${new URLSearchParams(params)}`);
  return response.json();
}

async function answer(path, query, cookie) {
  if (path === "/callback") {
    const app = { app_id: LOOKLOOX_APP_ID, app_secret: LOOKLOOX_APP_SECRET };
    const { access_token } = await ask("authorize", { ...app, auth_key: query.get("auth_key") });
    const { user_info } = await ask("get_user_info", { access_token });
    const user = user_info ?? {};
    names.set(String(user.user_id), user.user_firstname);
    return [302, { Location: "/account", "Set-Cookie": `user=${user.user_id}; Path=/` }, ""];
  }
  const user = /user=(\w*)/.exec(cookie)?.[1];
  if (path === "/account" && user !== undefined) return [200, {}, `Welcome, ${names.get(user)}`];
  if (path === "/account") return [302, { Location: "/" }, ""];
  const link = `${LOOKLOOX_BASE_URL}/api/oauth?app_id=${LOOKLOOX_APP_ID}`;
  return [200, {}, `<a href="${link}">Log in with Look Loox</a>`];
}

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  try {
    const [status, headers, page] = await answer(pathname, searchParams, request.headers.cookie ?? "");
    response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", ...headers }).end(page);
  } catch (error) {
    response.writeHead(500).end(error.stack);
  }
}).listen(Number(process.argv[2]), "127.0.0.1");
