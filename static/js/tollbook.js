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

// --- Copying a number, an address ---

// Where the page was not loaded over https there is no clipboard to write to, only what is selected.
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.className = "visually-hidden";
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) {
    return;
  }
  const use = button.querySelector("use");
  const drawn = use.getAttribute("href");
  await copyText(button.dataset.copy);
  button.focus();
  byId("say").textContent = button.dataset.copied;
  if (drawn.endsWith("#copy")) {
    use.setAttribute("href", drawn.replace("#copy", "#good"));
    setTimeout(() => use.setAttribute("href", drawn), 2000);
  }
});

// --- Leaving a form that was changed ---

const isChosen = (option, at, all) =>
  option.selected === (option.defaultSelected || (at === 0 && !all.some((o) => o.defaultSelected)));

function isFieldChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked !== field.defaultChecked;
  }
  if (field.options) {
    return ![...field.options].every(isChosen);
  }
  return field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
}

// What was refused stands there as it was typed, and is not saved either.
const isFormChanged = (form) =>
  form.querySelector("#errors") !== null || [...form.elements].some(isFieldChanged);

let given = null; // the form that is sent, or given up by its own link

function isLosing() {
  const forms = [...document.querySelectorAll(".tb-frame ~ main form[method=post]")];
  return forms.some((form) => form !== given && !form.closest(".tb-menu") && isFormChanged(form));
}

document.addEventListener("submit", (event) => (given = event.target));
document.addEventListener("click", (event) => {
  given = event.target.closest(".tb-form-foot a")?.closest("form") ?? given;
});
window.addEventListener("beforeunload", (event) => {
  if (isLosing()) {
    event.preventDefault();
  }
});

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

// A table that is drawn anew while it is looked at stays where it was scrolled to.
const places = new Map();

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  places.clear();
  for (const region of detail.requestConfig.boosted ? [] : detail.target.querySelectorAll(".tb-scroll")) {
    places.set(region.getAttribute("aria-label"), [region.scrollLeft, region.scrollTop]);
  }
});
document.addEventListener("htmx:afterSwap", () => {
  for (const region of document.querySelectorAll(".tb-scroll")) {
    region.scrollTo(...(places.get(region.getAttribute("aria-label")) ?? [region.scrollLeft, region.scrollTop]));
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
    region.classList.toggle("tb-is-wide", region.scrollWidth > region.clientWidth);
    if (region.scrollWidth > region.clientWidth || region.scrollHeight > region.clientHeight) {
      region.tabIndex = 0;
    } else {
      region.removeAttribute("tabindex");
    }
  }
}

// While no columns were chosen a window shows those that it has room for: those are ticked. The
// widths are the style sheet's.
const widths = { 1: "all", 2: "(min-width: 1280px)", 3: "(min-width: 1720px)" };

function tickColumns() {
  const isPhone = matchMedia("(max-width: 719.98px)").matches;
  for (const box of document.querySelectorAll(".tb-menu:not([open]) [data-priority]")) {
    box.checked = isPhone ? box.dataset.spot !== "" : matchMedia(widths[box.dataset.priority]).matches;
  }
}

function prepare() {
  const all = document.querySelector("[data-pick-all]");
  if (all) {
    showPickAll(all);
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
  }
  prepareScrolling();
  tickColumns();
  say();
}

document.addEventListener("htmx:afterSwap", prepare);
window.addEventListener("resize", () => {
  prepareScrolling();
  tickColumns();
});
window.addEventListener("pageshow", prepare); // also back and forward, with their restored boxes
byId("errors")?.focus();

// A page that shows something waiting reloads itself, but not while somebody types into it.
const refresh = Number(document.body.dataset.refresh);
if (refresh > 0 && !document.querySelector("main [hx-get]")) {
  setInterval(() => {
    if (!document.activeElement.closest("main form") && !document.hidden && !isLosing()) {
      location.reload();
    }
  }, refresh * 1000);
}
