// Keys, copying and the dialog of the desk. Every page works without it; the keys are
// single letters, so they can be turned off (WCAG 2.1.4) and never act on a row that
// nobody chose.
(() => {
  "use strict";
  const main = document.getElementById("main");
  const dialog = document.getElementById("keys");
  const toggle = dialog?.querySelector("[data-keys]");
  const off = "headstart-keys-off";
  document.documentElement.classList.add("js-on");

  // A browser that keeps nothing has the keys on.
  const stored = (act) => { try { return act(localStorage); } catch { return null; } };
  if (toggle) {
    toggle.checked = stored((s) => s.getItem(off)) === null;
    toggle.addEventListener("change", () => stored((s) => (toggle.checked ? s.removeItem(off) : s.setItem(off, "1"))));
  }

  const rows = () => [...main.querySelectorAll("[data-row]")].filter((r) => r.getClientRects().length > 0);
  const chosen = () => document.activeElement?.closest?.("[data-row]") ?? null;

  const move = (by) => {
    const all = rows();
    if (all.length === 0) return;
    const at = all.indexOf(chosen());
    const row = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  // press does what key means in the chosen row, or on a page that is about one thing.
  const press = (key) => {
    const where = chosen() ?? (main.querySelector("[data-one]") ? main : null);
    if (!where) {
      move(1); // the first row is chosen: pressed again the key acts
      return;
    }
    const button = where.querySelector(`[data-key="${key}"]`);
    if (!button) return;
    if (button.matches("input, select, textarea")) button.focus();
    else button.click();
  };

  const typing = (e) => e.target.closest?.("input, select, textarea, [contenteditable], dialog[open]");

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.repeat && e.key !== "j" && e.key !== "k") return;
    if (typing(e) || dialog?.open || toggle && !toggle.checked) return;
    switch (e.key) {
      case "j": move(1); break;
      case "k": move(-1); break;
      case "a": case "b": case "l": case "x": case "c": press(e.key); break;
      case "n": { const link = document.querySelector(".top .new"); if (!link) return; link.click(); break; }
      case "/": document.getElementById("find")?.focus(); break;
      case "?": dialog?.showModal(); break;
      case "Enter": {
        if (!e.target.matches("[data-row]")) return;
        e.target.querySelector("[data-open]")?.click();
        break;
      }
      default: return;
    }
    e.preventDefault();
  });

  document.addEventListener("click", (e) => {
    const opens = e.target.closest("[data-dialog]");
    if (opens) document.getElementById(opens.dataset.dialog)?.showModal();
    const copies = e.target.closest("[data-copy]");
    if (copies) copy(copies);
  });

  // copy puts the words beside a button on the clipboard. Without the right to, which
  // pages over plain HTTP lack, it selects them for the reader to copy.
  const copy = async (button) => {
    const words = button.closest("[data-words]")?.querySelector("[data-text]");
    if (!words) return;
    try {
      await navigator.clipboard.writeText(words.textContent.trim());
      button.dataset.was ??= button.textContent;
      button.textContent = button.dataset.copy;
    } catch {
      getSelection().selectAllChildren(words);
    }
  };
})();
