// Keeps the public page current and honest: it asks for a newer copy every 30 s
// or so, and says so when the copy it shows has grown old.
(() => {
  "use strict";
  const staleAfter = 5 * 60 * 1000;
  let etag = "";

  const judge = () => {
    const fresh = document.getElementById("fresh");
    const note = document.getElementById("stale");
    if (!fresh || !note) return;
    const old = Date.now() - Date.parse(fresh.dateTime) > staleAfter;
    if (old) note.textContent = note.dataset.text.replace("{time}", fresh.textContent);
    if (note.hidden === old) note.hidden = !old;
  };

  const replace = (html) => {
    const next = new DOMParser().parseFromString(html, "text/html");
    const from = next.getElementById("page");
    const to = document.getElementById("page");
    if (!from || !to) return;
    const open = [...to.querySelectorAll("details")].map((d) => d.open);
    to.replaceChildren(...from.childNodes);
    to.querySelectorAll("details").forEach((d, i) => { d.open = Boolean(open[i]); });
    document.title = next.title;
  };

  const poll = async () => {
    try {
      const answer = await fetch(location.pathname, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      if (answer.ok) {
        etag = answer.headers.get("ETag") || "";
        replace(await answer.text());
      }
    } catch { /* no network: the note below says how old the page is */ }
    judge();
    setTimeout(poll, 20000 + Math.random() * 20000);
  };

  judge();
  setInterval(judge, 15000);
  setTimeout(poll, 20000 + Math.random() * 20000);
})();
