/* When a page can't be had because the connection is gone, say so, and that nothing was sent. Keeps that one page and
   its looks, and nothing else: no page with anybody's data is ever stored. */
"use strict";
const KEPT = "huiyin-offline-1";
const PAGE = "/offline/";
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then(async (cache) => {
    const answer = await fetch(PAGE, { credentials: "omit" });
    const page = await answer.clone().text();
    await cache.put(PAGE, answer);
    const looks = [...page.matchAll(/href="(\/static\/[^"]+\.css)"/g)].map((found) => found[1]);
    await cache.addAll(looks);
    await self.skipWaiting();
  }));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(
    names.filter((name) => name.startsWith("huiyin-") && name !== KEPT).map((name) => caches.delete(name)),
  )).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const back = request.cache === "only-if-cached";  // to what nobody kept; of a form's answer: to the face that it was on
  if (request.mode === "navigate" && back && request.method === "POST") {
    const [face = "/"] = new URL(request.url).pathname.match(/^\/(desk|offices)\//) ?? [];
    event.respondWith(Response.redirect(face, 303));
  } else if (request.mode === "navigate") {
    const asked = back ? fetch(request.url, { redirect: "manual" }) : fetch(request);  // the browser follows by itself
    event.respondWith(asked.catch(() => caches.match(PAGE)));
  } else if (request.method === "GET" && new URL(request.url).pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(() => caches.match(request).then((kept) => kept ?? Response.error())));
  }
});
