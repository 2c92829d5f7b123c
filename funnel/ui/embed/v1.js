/* Funnel's forms on any website:
 *   <div data-funnel-form="KEY"><a href="https://HOST/f/KEY">Open the form</a></div>
 *   <script async src="https://HOST/embed/v1.js"></script>
 * The form is drawn in a shadow root, so the page's styles cannot reach it; data-mode="iframe" takes a frame instead.
 * What the element holds stays for those without scripts, and when the form cannot be had. */
(() => {
  if (window.Funnel) {
    window.Funnel.scan();
    return;
  }
  const script = document.currentScript || document.querySelector('script[src*="/embed/v1.js"]');
  const service = script.src.replace(/\/embed\/v1\.js.*$/, "");
  const FIRST = "funnel";
  const query = new URLSearchParams(location.search);
  let drawn = 0;

  const make = (name, properties, ...inside) => {
    const element = document.createElement(name);
    for (const key in properties) {
      if (key in element) element[key] = properties[key];
      else element.setAttribute(key, properties[key]);
    }
    element.append(...inside.filter(Boolean));
    return element;
  };
  const say = (box, name, detail) =>
    box.dispatchEvent(new CustomEvent(`funnel:${name}`, { detail, bubbles: true, composed: true }));

  /** An id that makes a second try of one filling the same submission. */
  const mint = () => crypto.getRandomValues(new Uint8Array(16)).join("-");

  /** Where the visitor came from. The visit's first page is remembered, in this tab, only once the visitor agreed. */
  const arrived = () => {
    const here = { page_url: location.href, referrer: document.referrer };
    for (const [name, value] of query)
      if (/^utm_|^(gclid|gbraid|wbraid|fbclid|li_fat_id|ttclid|msclkid|twclid)$/.test(name)) here[name] = value;
    try {
      return { ...here, ...JSON.parse(sessionStorage.getItem(FIRST) || "{}"), page_url: location.href };
    } catch {
      return here;
    }
  };
  const consent = (granted) => {
    try {
      if (!granted) sessionStorage.removeItem(FIRST);
      else if (!sessionStorage.getItem(FIRST)) sessionStorage.setItem(FIRST, JSON.stringify(arrived()));
    } catch {
      // A page that may not store anything works all the same.
    }
  };

  /** One question: its label, what it is answered with, and room for what is wrong with the answer. */
  const field = (one, id, words) => {
    const note = one.required && make("span", { className: "note" }, ` (${words.required})`);
    const common = { id, name: one.key, required: one.required };
    const box = (value, text, suffix) =>
      make(
        "div",
        { className: "box" },
        make("input", { type: "checkbox", id: id + suffix, name: one.key, value, required: one.required && !suffix }),
        make("label", { htmlFor: id + suffix }, text, !suffix && note),
      );
    const problem = make("p", { className: "error", id: `${id}-problem`, hidden: true });
    if (one.type === "multi-choice")
      return make(
        "div",
        { className: "field" },
        make(
          "fieldset",
          { id, tabIndex: -1 },
          make("legend", {}, one.label, note),
          ...one.choices.map((choice, n) => box(choice, choice, `-${n}`)),
        ),
        problem,
      );
    if (one.type === "checkbox") return make("div", { className: "field" }, box("on", one.label, ""), problem);
    const control =
      one.type === "choice"
        ? make(
            "select",
            common,
            ...["", ...one.choices].map((choice) => make("option", { value: choice }, choice || words.choose)),
          )
        : make("input", { ...common, type: one.input, autocomplete: one.autocomplete });
    if (one.type === "number") control.inputMode = "decimal";
    return make("div", { className: "field" }, make("label", { htmlFor: id }, one.label, note), control, problem);
  };

  const draw = (box, told) => {
    const { words } = told;
    const prefix = `f${++drawn}-`;
    const root = box.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(told.css);
    root.adoptedStyleSheets = [style];
    const button = make("button", { type: "submit" }, words.send);
    const summary = make("div", { className: "problems", role: "alert", tabIndex: -1, hidden: true });
    const shown = told.questions.filter((one) => one.type !== "hidden");
    // The service says what is wrong, in words; the browser's own bubbles would come first and say less.
    const form = make(
      "form",
      { noValidate: true, method: "post", action: `${service}/f/${told.key}`, lang: told.language },
      summary,
      ...shown.map((one) => field(one, prefix + one.key, words)),
      make(
        "div",
        { className: "away", "aria-hidden": "true" },
        make("input", { name: told.honeypot, tabIndex: -1, autocomplete: "off" }),
      ),
      button,
    );
    let submission = mint();

    const body = () => {
      const data = new URLSearchParams(new FormData(form));
      for (const { key, type } of told.questions)
        if (type === "hidden" && query.get(key)) data.set(key, query.get(key));
      const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const along = { ...arrived(), submission_id: submission, stamp: told.stamp, locale: told.language, tz };
      for (const name in along) data.set(name, along[name]);
      return data;
    };

    const clear = () => {
      summary.hidden = true;
      for (const one of shown) {
        const control = root.getElementById(prefix + one.key);
        control.removeAttribute("aria-invalid");
        control.removeAttribute("aria-describedby");
        root.getElementById(`${prefix}${one.key}-problem`).hidden = true;
      }
    };

    /** A summary that takes the focus, with a link to each field, and the problem beside it. */
    const tell = (problems) => {
      clear();
      const list = Object.entries(problems).map(([name, texts]) => {
        const one = shown.find((each) => each.key === name);
        const text = [].concat(texts).join(" ");
        if (!one) return make("li", {}, text);
        const control = root.getElementById(prefix + name);
        const beside = root.getElementById(`${prefix}${name}-problem`);
        control.setAttribute("aria-invalid", "true");
        control.setAttribute("aria-describedby", beside.id);
        beside.textContent = text;
        beside.hidden = false;
        const link = make("a", { href: `#${control.id}` }, one.type === "checkbox" ? text : `${one.label}: ${text}`);
        link.addEventListener("click", (event) => {
          event.preventDefault();
          control.focus();
        });
        return make("li", {}, link);
      });
      summary.replaceChildren(make("p", { className: "title" }, words.problems), make("ul", {}, ...list));
      summary.hidden = false;
      summary.focus();
    };

    const thank = (redirect) => {
      say(box, "submitted", { form: told.key });
      submission = mint(); // who comes back and fills it in again means it
      if (told.redirects) {
        location.assign(redirect);
        return;
      }
      const done = make(
        "div",
        { className: "done", role: "status", tabIndex: -1, lang: told.language },
        make("p", { className: "title" }, words.thanks),
        make("p", {}, words.thanks_text),
      );
      form.replaceWith(done);
      done.focus();
    };

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        // Nothing here needs a preflight: a plain form's content type, and no header of our own.
        const answer = await fetch(form.action, {
          method: "POST",
          body: body(),
          credentials: "omit",
          headers: { Accept: "application/json" },
        });
        const said = await answer.json();
        if (answer.ok) thank(said.redirect);
        else tell(said.errors || { "": said.message });
      } catch {
        tell({ "": words.offline });
      }
      button.disabled = false;
    });
    root.append(form);
    say(box, "ready", { form: told.key });
  };

  const frame = (box, key) => {
    const inside = make("iframe", {
      src: `${service}/f/${key}?${new URLSearchParams({ ...arrived(), embed: "1" })}`,
      title: box.dataset.title || "Form",
    });
    inside.style.cssText = "width:100%;border:0;display:block";
    addEventListener("message", ({ origin, source, data }) => {
      if (origin !== new URL(service).origin || source !== inside.contentWindow || !data) return;
      if (data.funnel === "height") inside.style.height = `${Math.min(4000, Math.max(60, +data.pixels || 0))}px`;
      if (data.funnel === "submitted") {
        say(box, "submitted", { form: key });
        if (/^https?:/.test(data.redirect)) location.assign(data.redirect);
      }
    });
    box.replaceChildren(inside);
  };

  const show = async (box) => {
    const key = box.dataset.funnelForm;
    box.dataset.funnelShown = "";
    if (box.dataset.mode === "iframe") {
      frame(box, key);
      return;
    }
    try {
      const answer = await fetch(`${service}/f/${key}/definition`, { credentials: "omit" });
      if (!answer.ok) throw new Error(`${answer.status}`);
      draw(box, await answer.json());
    } catch (error) {
      console.warn(`Funnel: no form ${key} here. Does it list ${location.origin}?`, error);
      say(box, "failed", { form: key });
    }
  };
  /** Idempotent: pages that change without loading call it again. */
  const scan = () => document.querySelectorAll("[data-funnel-form]:not([data-funnel-shown])").forEach(show);

  window.Funnel = { scan, consent };
  if (script.dataset.consent === "granted") consent(true);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", scan);
  else scan();
})();
