// Makes the plain form answer on the page itself. Without this file it works all the same.
const form = document.getElementById("guide");
const button = form.querySelector("button");

// A double click, or a second try after a lost answer, is the same submission.
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const submission = hex(crypto.getRandomValues(new Uint8Array(16)));

// The service says what is wrong, in words; the browser's own bubbles would come first and say less.
form.noValidate = true;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    await answer(await fetch(form.action, { method: "POST", body: body(), credentials: "omit",
                                            headers: { Accept: "application/json" } }));
  } catch {
    tell([["", "The service cannot be reached. What you typed is still here: please try again."]]);
  }
  button.disabled = false;
});

function body() {
  const data = new URLSearchParams(new FormData(form));
  data.set("submission_id", submission);
  data.set("page_url", location.href);
  data.set("referrer", document.referrer);
  data.set("tz", Intl.DateTimeFormat().resolvedOptions().timeZone);
  data.set("locale", navigator.language);
  return data;
}

async function answer(response) {
  const said = await response.json();
  if (response.ok) return thank();
  const problems = Object.entries(said.errors ?? { "": [said.message] });
  tell(problems.map(([name, texts]) => [name, texts.join(" ")]));
}

function thank() {
  const done = element("div", { role: "status", tabIndex: -1, id: "done" });
  done.append(element("h2", { id: "ask", textContent: "Thank you" }),
              element("p", { textContent: "The guide is on its way to you." }));
  form.parentElement.replaceChildren(done);
  done.focus();
}

/** A summary that takes the focus, and each problem beside its field. */
function tell(problems) {
  form.querySelectorAll(".problem, #problems").forEach((old) => old.remove());
  form.querySelectorAll("[aria-invalid]").forEach(clear);
  const list = element("ul");
  const summary = element("div", { id: "problems", role: "alert", tabIndex: -1 });
  summary.append(element("h3", { textContent: "There is a problem" }), list);
  for (const [name, text] of problems) list.append(line(form.elements[name || "-"], text));
  form.prepend(summary);
  summary.focus();
}

function line(field, text) {
  const item = element("li");
  if (!field) {
    item.textContent = text;
    return item;
  }
  const label = form.querySelector(`label[for=${field.id}]`).firstChild.textContent.trim();
  const link = element("a", { href: `#${field.id}`, textContent: field.type === "checkbox" ? text : `${label}: ${text}` });
  link.addEventListener("click", (event) => { event.preventDefault(); field.focus(); });
  item.append(link);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${field.id}-problem`);
  field.closest(".field").append(element("span", { id: `${field.id}-problem`, className: "problem", textContent: text }));
  return item;
}

function clear(field) {
  field.removeAttribute("aria-invalid");
  field.removeAttribute("aria-describedby");
}

function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}
