// A page that lives says so when it does not: without a sign of life for half a minute
// what it shows may be wrong, and it tells since when. It goes on by itself.
(() => {
  "use strict";
  const note = document.getElementById("old"), stream = document.querySelector("[hx-sse\\:connect]");
  if (!note || !stream) return;
  const oldAfter = 30000, askAgain = 15000, settling = 5000;
  const opened = Date.now();
  let heard = opened, visible = opened, asked = opened, connected = false;

  // The clock of the service, moved by what has passed here: the reader's may be off.
  const clock = (at) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: note.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
    .format(Date.parse(note.dataset.now) + at - opened);

  // The service sends a beat while its store answers: what stands here is of now.
  document.addEventListener("beat", () => {
    heard = Date.now();
    note.hidden = true;
  });
  document.addEventListener("htmx:sse:after:connection", () => { connected = true; });
  document.addEventListener("htmx:sse:close", () => { connected = false; });
  document.addEventListener("visibilitychange", () => { visible = Date.now(); }); // a tab in the background pauses

  setInterval(() => {
    const now = Date.now();
    heard = Math.min(heard, now); // the clock was set back
    if (document.hidden || now - heard <= oldAfter || Math.abs(now - visible) < settling) return;
    if (note.hidden) {
      note.querySelector("[data-since]").textContent = note.dataset.text.replace("{time}", clock(heard));
      note.hidden = false;
    }
    // A stream that was refused when the page opened is not asked for again by htmx.
    if (!connected && Math.abs(now - asked) > askAgain) {
      asked = now;
      htmx.ajax("GET", stream.getAttribute("hx-sse:connect"), { source: stream, swap: "none" });
    }
  }, 1000);
})();
