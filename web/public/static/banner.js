// Says on another site what runs now: one line of text that links to the status
// page, and nothing while all is well. It stores nothing and sends no cookie.
//   <script src="(address of the page)/banner.js" data-into="#news" defer></script>
(() => {
  "use strict";
  const me = document.currentScript;
  const source = new URL("banner.json", me.src);
  const colours = { red: "#b3261e", amber: "#855600", blue: "#1f5fa8", grey: "#565f69" };
  let box, shown = "";

  const draw = (b) => {
    const text = b.level in colours ? [b.headline, ...b.messages.map((m) => m.title)].join(" · ") : "";
    if (text === shown) return; // a screen reader reads what changes
    shown = text;
    box?.remove();
    if (!text) return;
    box = document.createElement("div");
    box.lang = b.language;
    box.setAttribute("role", "status");
    Object.assign(box.style, { background: colours[b.level], padding: "12px 16px", font: "600 16px/1.4 system-ui, sans-serif" });
    const link = document.createElement("a");
    link.href = new URL(".", source);
    link.textContent = text;
    link.style.color = "#fff";
    box.append(link);
    (document.querySelector(me.dataset.into || "body") || document.body).prepend(box);
  };

  const ask = () => fetch(source, { credentials: "omit" }).then((r) => r.json()).then(draw).catch(() => {}); // no news is no banner
  ask();
  setInterval(ask, 60000);
})();
