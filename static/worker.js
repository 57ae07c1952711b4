// Keeps the page's shell for an installed Hamraz: while the agent is away the window opens and says so, instead of the
// browser's own error. Before this stand `version`, of the files that it is of, and `files`, their addresses.
//
// It holds these files and nothing else: no answer of the agent's, no token (which is in the address's fragment, and never
// sent), no message. It asks the agent first, always. An answer that isn't of its version ends it: another Hamraz has its
// own, and whatever else may answer at this address one day is none of its business.

"use strict";

const cacheName = `hamraz ${version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)).then(() => self.skipWaiting()));
});

async function onlyThisOne() {
  for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name);
  await self.clients.claim();
}

self.addEventListener("activate", (event) => event.waitUntil(onlyThisOne()));

async function end() {
  await caches.delete(cacheName);
  await self.registration.unregister();
}

async function page(request) {
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    return (await caches.match("/", { cacheName })) ?? Response.error();
  }
  if (answer.headers.get("X-Hamraz-Page") !== version) await end();
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  // what is saved, or looked at by its own address, is no page and ends nothing
  if (request.mode === "navigate" && pathname === "/") event.respondWith(page(request));
  else if (pathname !== "/" && files.includes(pathname)) {
    event.respondWith(caches.match(pathname, { cacheName }).then((kept) => kept ?? fetch(request)));
  }
});
