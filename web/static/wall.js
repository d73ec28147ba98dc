// The wall renews itself, and says so when it cannot: a picture of an hour ago that
// looks like now is worse than none. It trusts the clock of the service alone.
(function () {
  "use strict";
  const every = 10000, oldAfter = 60;
  let wall = document.getElementById("wall"), read = performance.now();

  const seconds = () => Math.round((performance.now() - read) / 1000);

  // The clock of the service, moved by what has passed here: that of a kiosk may be off.
  function clock(past) {
    const at = new Date(Date.parse(wall.dataset.now) + past * 1000);
    return new Intl.DateTimeFormat("nl", { timeZone: wall.dataset.zone, hour: "2-digit", minute: "2-digit" }).format(at);
  }

  function tick() {
    const past = seconds(), age = Number(wall.dataset.age) + past;
    wall.querySelector(".wallclock").textContent = clock(past);
    wall.querySelector(".wallage").textContent = wall.dataset.fresh.replace("{n}", age);
    const note = wall.querySelector(".wallold"), old = age > oldAfter;
    wall.classList.toggle("old", old);
    if (old && note.hidden) {
      note.textContent = wall.dataset.old;
      note.hidden = false;
    }
  }

  async function renew() {
    try {
      // An address that holds a password is refused by fetch: name the path alone.
      const answer = await fetch(location.origin + location.pathname + location.search, { cache: "no-store", credentials: "same-origin" });
      if (!answer.ok) return;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("wall");
      if (!next) return;
      wall.replaceWith(next);
      wall = next;
      read = performance.now();
    } catch (e) { /* it is told by its age */ }
    tick();
  }

  setInterval(tick, 1000);
  setInterval(renew, every);
})();
