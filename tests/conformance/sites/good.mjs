// A website that survives everything: node site.mjs 8000
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

const { LOOKLOOX_BASE_URL, LOOKLOOX_APP_ID, LOOKLOOX_APP_SECRET } = process.env;
const sessions = new Map();

async function ask(method, endpoint, params) {
  const url = `${LOOKLOOX_BASE_URL}/api/${endpoint}`;
  const sent = new URLSearchParams(params);
  const options = { method, redirect: "error", signal: AbortSignal.timeout(5000) };
  const response = await (method === "GET"
    ? fetch(`${url}?${sent}`, options)
    : fetch(url, { ...options, body: sent }));
  if (response.status !== 200) throw new Error(`${endpoint} failed`);
  return (await response.json()) ?? {};
}

async function fetchUser(auth_key) {
  const app = { app_id: LOOKLOOX_APP_ID, app_secret: LOOKLOOX_APP_SECRET };
  let answer = await ask("GET", "authorize", { ...app, auth_key });
  // Newer servers look for it in a form.
  if (answer.message === "Bad Request, invalid app_id") answer = await ask("POST", "authorize", { ...app, auth_key });
  const { access_token } = answer;
  if (answer.error || typeof access_token !== "string" || !access_token) throw new Error("no access_token");
  const { error, user_info } = await ask("GET", "get_user_info", { access_token });
  if (error || !user_info?.user_id) throw new Error("no user_id");
  return { id: user_info.user_id, name: user_info.user_firstname || user_info.user_name };
}

function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

async function answer(path, query, session) {
  if (path === "/login") {
    session.loginBegun = true;
    return { location: `${LOOKLOOX_BASE_URL}/api/oauth?app_id=${LOOKLOOX_APP_ID}` };
  }
  if (path === "/callback") {
    const { loginBegun } = session;
    delete session.loginBegun;
    if (!loginBegun || !query.get("auth_key")) return { status: 403, page: "This login did not begin here." };
    try {
      session.user = await fetchUser(query.get("auth_key"));
    } catch {
      return { status: 401, page: "Look Loox could not log you in." };
    }
    return { location: "/account" };
  }
  if (path === "/account" && session.user) return { page: `Welcome, ${escape(session.user.name)}` };
  if (path === "/account") return { location: "/" };
  return { page: '<a href="/login">Log in with Look Loox</a>' };
}

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  let id = /session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
  if (!sessions.has(id)) sessions.set((id = randomUUID()), {});
  const { status, page = "", location } = await answer(pathname, searchParams, sessions.get(id));
  const headers = { "Content-Type": "text/html", "Set-Cookie": `session=${id}; HttpOnly; SameSite=Lax; Path=/` };
  if (location) headers.Location = location;
  response.writeHead(location ? 302 : (status ?? 200), headers).end(page);
}).listen(Number(process.argv[2]), "127.0.0.1");
