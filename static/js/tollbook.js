// What makes the pages quicker to use. None of it is needed: without this file every page still
// does all that it does, by links, forms and <details>. Data comes from data-* attributes only.

const byId = (id) => document.getElementById(id);

// --- Menus: <details> that close again ---

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.tb-menu[open]")) {
    if (!except || !menu.contains(except)) {
      menu.open = false;
    }
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.tb-menu[open]");
  if (menu) {
    closeMenus();
    menu.querySelector("summary").focus();
  }
});

// A menu near the right edge opens to the left.
document.addEventListener("toggle", (event) => {
  const pop = event.target.open && event.target.querySelector(".tb-pop");
  if (pop && pop.getBoundingClientRect().right > document.documentElement.clientWidth) {
    pop.classList.add("tb-pop-end");
  }
}, true);

// --- Picking all rows of a page ---

const pickBoxes = () => [...document.querySelectorAll("td.tb-pick input")];

function showPickAll(all) {
  const boxes = pickBoxes();
  const picked = boxes.filter((box) => box.checked).length;
  all.hidden = false;
  all.checked = picked > 0 && picked === boxes.length;
  all.indeterminate = picked > 0 && picked < boxes.length;
}

document.addEventListener("change", (event) => {
  const all = document.querySelector("[data-pick-all]");
  if (!all) {
    return;
  }
  if (event.target === all) {
    pickBoxes().forEach((box) => (box.checked = all.checked));
  }
  showPickAll(all);
});
document.addEventListener("reset", () => setTimeout(prepare));

// --- Keys ---

const rows = () => [...document.querySelectorAll(".tb-rows tbody tr, .tb-hits > li")];

function step(by) {
  const all = rows();
  const now = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[now < 0 ? 0 : Math.min(Math.max(now + by, 0), all.length - 1)];
  next?.querySelector("a[href]")?.focus();
}

function search() {
  const field = byId("search");
  if (field?.checkVisibility()) {
    field.select();
    field.focus();
  } else {
    document.querySelector(".tb-top a[href$='/search']")?.click();
  }
}

const keys = {
  "/": search,
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement.closest("tr")?.querySelector(".tb-pick input")?.click(),
  "[": () => document.querySelector("main a[rel=prev]")?.click(),
  "]": () => document.querySelector("main a[rel=next]")?.click(),
  "?": () => byId("keys")?.togglePopover(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea");
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
  if (document.body.dataset.keys && plain && !typing && Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    keys[event.key]();
  }
});

// --- Lists and live runs, through htmx ---

// A log-in or error page instead of the fragment: show it as the page that it is.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse, requestConfig, xhr } = event.detail;
  if (!event.detail.isError && serverResponse.includes(`id="${target.id}"`)) {
    return;
  }
  event.detail.shouldSwap = false;
  if (requestConfig.boosted) {
    location.assign(xhr.responseURL);
  } else if (!event.detail.isError) {
    location.reload();
  }
});

// The focused element keeps its focus by its id; where it is gone the page keeps it.
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement === document.body) {
    byId("main").focus({ preventScroll: true });
  }
});

let saidAt = 0;

function say() {
  const run = document.querySelector("[data-say]");
  if (run && Date.now() - saidAt > 10000) {
    saidAt = Date.now();
    byId("say").textContent = run.dataset.say;
  }
}

// --- After loading, and after each partial update ---

// A table that fits needs no place in the tab order.
function prepareScrolling() {
  for (const region of document.querySelectorAll(".tb-scroll")) {
    if (region.scrollWidth > region.clientWidth) {
      region.tabIndex = 0;
    } else {
      region.removeAttribute("tabindex");
    }
  }
}

function prepare() {
  const all = document.querySelector("[data-pick-all]");
  if (all) {
    showPickAll(all);
  }
  prepareScrolling();
  say();
}

document.addEventListener("htmx:afterSwap", prepare);
window.addEventListener("resize", prepareScrolling);
window.addEventListener("pageshow", prepare); // also back and forward, with their restored boxes
byId("errors")?.focus();

// A page that shows something waiting reloads itself, but not while somebody types into it.
const refresh = Number(document.body.dataset.refresh);
if (refresh > 0 && !document.querySelector("main [hx-get]")) {
  setInterval(() => {
    if (!document.activeElement.closest("main form") && !document.hidden) {
      location.reload();
    }
  }, refresh * 1000);
}
