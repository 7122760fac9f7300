// Makes the upload form nicer: each file is a request of its own, with a bar, cancel and retry.
// Without this script the form sends all files at once and everything still works.
(() => {
  "use strict";

  const AT_ONCE = 2;
  const RETRY_AFTER = 2000;
  const LONGEST_WAIT = 60000;
  const REFRESH_AFTER = 150;

  const form = document.querySelector("form[data-upload]");
  const input = form && form.querySelector("input[type=file]");
  if (!input || !window.FormData || !window.XMLHttpRequest) return;

  const list = form.querySelector("[data-upload-list]");
  const news = form.querySelector("[data-upload-news]");
  const template = form.querySelector("template[data-upload-row]");
  const drop = form.querySelector("[data-upload-drop]");
  const text = (key) => form.querySelector(`[data-text="${key}"]`).textContent;
  const maxSize = Number(form.dataset.maxSize);

  const waiting = [];
  let running = 0;

  class Upload {
    constructor(file) {
      this.file = file;
      this.losses = 0;
      this.answers = new FormData(form);
      this.answers.delete(input.name);
      this.answers.append(input.name, file, file.name);
      this.row = template.content.firstElementChild.cloneNode(true);
      this.bar = this.row.querySelector("progress");
      this.again = this.row.querySelector("[data-again]");
      this.cancel = this.row.querySelector("[data-cancel]");
      this.close = this.row.querySelector("[data-close]");
      this.row.querySelector("[data-name]").textContent = file.name;
      for (const button of [this.again, this.cancel, this.close]) {
        const name = document.createElement("span");
        name.className = "visually-hidden";
        name.textContent = ` ${file.name}`;
        button.append(name);
      }
      this.bar.setAttribute("aria-label", file.name);
      this.again.addEventListener("click", () => this.enqueue());
      this.cancel.addEventListener("click", () => this.stop());
      this.close.addEventListener("click", () => this.stop());
      list.append(this.row);
      list.hidden = false;
    }

    say(words, isProblem = false) {
      const state = this.row.querySelector("[data-state]");
      state.textContent = words;
      state.className = isProblem ? "error" : "muted small";
      news.textContent = `${this.file.name}: ${words}`;
    }

    enqueue() {
      if (this.file.size === 0) return this.fail(text("empty"), false);
      if (this.file.size > maxSize) return this.fail(text("too-big"), false);
      clearTimeout(this.timer);
      this.state = "waiting";
      this.again.hidden = true;
      this.cancel.hidden = false;
      this.close.hidden = true;
      this.bar.hidden = false;
      this.bar.value = 0;
      this.say(text("waiting"));
      waiting.push(this);
      next();
    }

    send() {
      this.state = "sending";
      this.say(text("sending"));
      const request = new XMLHttpRequest();
      this.request = request;
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) this.bar.value = (100 * event.loaded) / event.total;
      });
      request.addEventListener("load", () => this.answered(request));
      request.addEventListener("error", () => this.lost());
      request.addEventListener("timeout", () => this.lost());
      request.addEventListener("loadend", () => {
        running -= 1;
        next();
      });
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      running += 1;
      request.send(this.answers);
    }

    answered(request) {
      const kind = request.getResponseHeader("Content-Type") || "";
      if (request.status === 201) return this.done();
      // A redirect to the sign-in page is followed for us, and answers with a page.
      if (request.status === 401 || (request.status === 200 && !kind.includes("json"))) {
        return this.fail(text("signed-out"), true);
      }
      if (!kind.includes("json")) return this.fail(text("failed"), true);
      const problem = JSON.parse(request.responseText);
      this.fail(problem.detail || text("failed"), request.status >= 500);
    }

    done() {
      this.state = "done";
      news.textContent = `${this.file.name}: ${text("checking")}`;
      this.row.remove();
      list.hidden = !list.children.length;
      refresh();
    }

    fail(words, mayTryAgain) {
      this.state = "failed";
      this.bar.hidden = true;
      this.again.hidden = !mayTryAgain;
      this.cancel.hidden = true;
      this.close.hidden = false;
      this.say(words, true);
    }

    lost() {
      this.fail(text("offline"), true);
      this.state = "lost";
      const wait = Math.min(RETRY_AFTER * 2 ** this.losses, LONGEST_WAIT);
      this.losses += 1;
      this.timer = setTimeout(() => this.retry(), wait);
    }

    retry() {
      if (this.state === "lost" && navigator.onLine) this.enqueue();
    }

    stop() {
      clearTimeout(this.timer);
      if (this.state === "sending") this.request.abort();
      const place = waiting.indexOf(this);
      if (place >= 0) waiting.splice(place, 1);
      if (this.state !== "failed") news.textContent = `${this.file.name}: ${text("cancelled")}`;
      this.state = "cancelled";
      this.row.remove();
      uploads.delete(this);
      list.hidden = !list.children.length;
      input.focus();
    }
  }

  const uploads = new Set();

  // Several files arrive at nearly the same time; one look at the list is enough for them.
  let soon;
  function refresh() {
    clearTimeout(soon);
    soon = setTimeout(() => {
      const place = { target: "#papers", select: "#papers", swap: "outerHTML" };
      if (window.htmx) window.htmx.ajax("GET", window.location.pathname + window.location.search, place);
      else if (!waiting.length && !running) window.location.reload();
    }, REFRESH_AFTER);
  }

  function next() {
    while (running < AT_ONCE && waiting.length) waiting.shift().send();
  }

  function add(files) {
    for (const file of files) {
      const upload = new Upload(file);
      uploads.add(upload);
      upload.enqueue();
    }
    input.value = "";
  }

  input.required = false;
  form.querySelector("[data-upload-send]").hidden = true;
  input.addEventListener("change", () => add(input.files));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add(input.files);
  });

  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("is-over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    add(event.dataTransfer.files);
  });

  window.addEventListener("online", () => uploads.forEach((upload) => upload.retry()));
  window.addEventListener("beforeunload", (event) => {
    const isBusy = [...uploads].some((each) => ["waiting", "sending", "lost"].includes(each.state));
    if (isBusy) event.preventDefault();
  });

  // What a check found is said aloud when the list changes under the reader's eyes.
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    const row = event.detail.target;
    const state = row && row.querySelector && row.querySelector(".tag");
    if (state && row.dataset.paper !== "waiting") {
      const name = row.querySelector(".file-name").textContent.trim();
      const why = row.querySelector(".error");
      news.textContent = `${name}: ${why ? why.textContent : state.textContent}`;
    }
  });
})();
