/* The demo shop's own script: a cart in localStorage and a dataLayer, as ordinary shops have them.
   It knows nothing of Regulars but rs('id') for the link to the admin and rs('identify') at checkout. */
(function () {
  "use strict";

  const layer = (window.dataLayer = window.dataLayer || []);
  const CART = "larkmoor_cart";
  const ORDER = "larkmoor_order";
  const FREE_FROM = 75;
  const SHIPPING = 6;
  const currency = document.body.dataset.currency;
  const one = (selector, root) => (root || document).querySelector(selector);
  const money = (amount) =>
    new Intl.NumberFormat("en-US", { style: "currency", currency }).format(amount);
  // Cents, so that 3 x 0.1 stays 0.3.
  const exact = (amount) => Math.round(amount * 100) / 100;

  function read(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(key)) || otherwise;
    } catch {
      return otherwise;
    }
  }

  function write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      say("This browser keeps nothing for us, so the cart stays empty.");
    }
  }

  const lines = () => read(CART, []);
  const valueOf = (some) => exact(some.reduce((sum, line) => sum + line.price * line.quantity, 0));
  const shippingOf = (value) => (value >= FREE_FROM || value === 0 ? 0 : SHIPPING);

  function keep(some) {
    write(CART, some);
    count();
  }

  // The line as GA4 knows it; address and picture are for our own pages only.
  function asItem(line) {
    const { url, image, ...item } = line;
    return item;
  }

  function tell(event, some, more) {
    layer.push({ ecommerce: null });
    layer.push({
      event,
      ecommerce: { currency, value: valueOf(some), items: some.map(asItem), ...more },
    });
  }

  function count() {
    const badge = one("[data-cart-count]");
    const pieces = lines().reduce((sum, line) => sum + line.quantity, 0);
    badge.textContent = String(pieces);
    badge.hidden = pieces === 0;
  }

  function say(text, link) {
    const toast = one("[data-toast]");
    toast.replaceChildren(document.createTextNode(text));
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link.href;
      anchor.textContent = link.text;
      toast.append(" ", anchor);
    }
    toast.classList.add("seen");
    clearTimeout(say.timer);
    say.timer = setTimeout(() => toast.classList.remove("seen"), 6000);
  }

  function add(line, quantity) {
    const some = lines();
    const there = some.find((other) => other.item_id === line.item_id);
    if (there) there.quantity = Math.min(12, there.quantity + quantity);
    else some.push({ ...line, quantity });
    keep(some);
    tell("add_to_cart", [{ ...line, quantity }]);
    say(`${line.item_name} is in your cart.`, { href: "/demo/cart", text: "Go to cart" });
  }

  function setAmount(itemId, amount) {
    const some = lines();
    const line = some.find((other) => other.item_id === itemId);
    if (!line) return;
    const change = amount - line.quantity;
    line.quantity = amount;
    keep(some.filter((other) => other.quantity > 0));
    if (change) {
      tell(change > 0 ? "add_to_cart" : "remove_from_cart", [
        { ...line, quantity: Math.abs(change) },
      ]);
    }
    showCart();
  }

  function lineElement(line) {
    const element = one("[data-line]").content.cloneNode(true);
    element.querySelectorAll("[data-link]").forEach((anchor) => (anchor.href = line.url));
    one("img", element).src = line.image;
    one("[data-name]", element).textContent = line.item_name;
    one("[data-brand]", element).textContent = line.item_brand;
    one("[data-price]", element).textContent = money(line.price * line.quantity);
    one("[data-label]", element).textContent = `Quantity of ${line.item_name}`;
    const amount = one("[data-amount]", element);
    amount.value = String(line.quantity);
    amount.addEventListener("change", () => setAmount(line.item_id, Number(amount.value)));
    const remove = one("[data-remove]", element);
    remove.setAttribute("aria-label", `Remove ${line.item_name}`);
    remove.addEventListener("click", () => {
      setAmount(line.item_id, 0);
      say(`${line.item_name} was taken out.`);
      one("#content").focus();
    });
    return element;
  }

  function showSum(some) {
    const value = valueOf(some);
    const shipping = shippingOf(value);
    one("[data-subtotal]").textContent = money(value);
    one("[data-shipping]").textContent = shipping ? money(shipping) : "Free";
    one("[data-total]").textContent = money(value + shipping);
    return { value, shipping };
  }

  function showCart() {
    const some = lines();
    one("[data-cart]").hidden = some.length === 0;
    one("[data-empty]").hidden = some.length > 0;
    one("[data-lines]").replaceChildren(...some.map(lineElement));
    const { value, shipping } = showSum(some);
    one("[data-gap]").textContent = shipping
      ? `${money(FREE_FROM - value)} more and shipping is free.`
      : "Shipping is free.";
  }

  function showCheckout() {
    const some = lines();
    one("[data-checkout]").hidden = some.length === 0;
    one("[data-empty]").hidden = some.length > 0;
    const brief = some.map((line) => {
      const entry = document.createElement("li");
      entry.textContent = `${line.quantity} × ${line.item_name}`;
      return entry;
    });
    one("[data-brief]").replaceChildren(...brief);
    showSum(some);
    one("[data-order]").addEventListener("submit", order);
  }

  function order(submit) {
    submit.preventDefault();
    const some = lines();
    if (some.length === 0) return;
    const given = new FormData(submit.target);
    const known = {};
    for (const field of ["name", "email"]) {
      const text = String(given.get(field) || "").trim();
      if (text) known[field] = text;
    }
    if (Object.keys(known).length > 0 && typeof window.rs === "function") window.rs("identify", known);
    const number = "LM-" + Date.now().toString(36).toUpperCase() + Math.random().toString(36).slice(2, 5).toUpperCase();
    write(ORDER, { number, lines: some, shipping: shippingOf(valueOf(some)), told: false });
    keep([]);
    location.href = "/demo/thank-you?order=" + number;
  }

  function showThanks() {
    const done = read(ORDER, null);
    one("[data-done]").hidden = !done;
    one("[data-empty]").hidden = Boolean(done);
    if (!done) return;
    const total = exact(valueOf(done.lines) + done.shipping);
    one("[data-number]").textContent = done.number;
    one("[data-total]").textContent = money(total);
    if (done.told) return;
    tell("purchase", done.lines, {
      transaction_id: done.number,
      value: total,
      shipping: done.shipping,
    });
    write(ORDER, { ...done, told: true });
  }

  function showProduct() {
    const buy = one("[data-product]");
    if (!buy) return;
    const line = { ...JSON.parse(buy.dataset.product), url: buy.dataset.url, image: buy.dataset.image };
    one("[data-add]", buy).addEventListener("click", () => {
      add(line, Number(one("[data-quantity]", buy).value));
    });
  }

  function showSearch() {
    const { search, found } = one("[data-search]").dataset;
    if (search) layer.push({ event: "search", search_term: search, results: Number(found) });
  }

  // The visitor's own page in the admin, as soon as the tag knows who is here.
  function linkMe(tries) {
    const id = typeof window.rs === "function" ? window.rs("id") : null;
    if (typeof id === "string" && id) {
      document.querySelectorAll("[data-me]").forEach((link) => {
        link.href = "/admin/visitors/" + encodeURIComponent(id);
      });
    } else if (tries > 0) {
      setTimeout(linkMe, 250, tries - 1);
    }
  }

  const pages = {
    cart() {
      showCart();
      if (lines().length > 0) tell("view_cart", lines());
    },
    checkout() {
      showCheckout();
      if (lines().length > 0) tell("begin_checkout", lines());
    },
    product: showProduct,
    search: showSearch,
    "thank-you": showThanks,
  };

  count();
  if (pages[document.body.dataset.page]) pages[document.body.dataset.page]();
  linkMe(80);
  // Another tab changed the cart, or the browser brought this page back from its memory.
  window.addEventListener("storage", count);
  window.addEventListener("pageshow", (shown) => shown.persisted && count());
})();
