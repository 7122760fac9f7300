// Makes the upload form nicer: each file goes in parts (tus), with a bar, cancel and retry, and goes
// on where it stopped: after a lost connection by itself, after a closed tab once it is chosen again.
// Without this script the form sends all files at once and everything still works.
(() => {
  "use strict";

  const AT_ONCE = 2;
  // A browser sends a part again by itself when a kept connection breaks: on a bad line, small ones.
  const PART = 256 * 1024;
  const SMALL_PART = 64 * 1024;
  const EDGE = 64 * 1024;
  const RETRY_AFTER = 1000;
  const LONGEST_WAIT = 60000;
  const MOST_FAILURES = 8;

  const form = document.querySelector("form[data-upload]");
  const input = form && form.querySelector("input[type=file][name=files]");
  if (!input) return;

  const list = form.querySelector("[data-upload-list]");
  const news = form.querySelector("[data-upload-news]");
  const template = form.querySelector("template[data-upload-row]");
  const drop = form.querySelector("[data-upload-drop]");
  const text = (key) => form.querySelector(`[data-text="${key}"]`).textContent;
  const maxSize = Number(form.dataset.maxSize);

  const waiting = [];
  let running = 0;

  // The library for the parts is fetched when somebody comes near the form: most only read the page.
  let fetching = null;
  function library() {
    fetching ||= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = form.dataset.tus;
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => {
        fetching = null;
        script.remove();
        reject(new Error("no connection"));
      });
      document.head.append(script);
    });
    return fetching;
  }
  for (const kind of ["pointerover", "focusin", "dragover"]) {
    form.addEventListener(kind, () => library().catch(() => {}), { once: true });
  }

  // Where the parts of a file went, by its fingerprint: from the page, or since it was opened.
  const places = new Map();
  const note = (fingerprint, url) => fingerprint && places.set(fingerprint, url);
  for (const row of document.querySelectorAll("[data-coming]")) {
    note(row.dataset.fingerprint, row.dataset.coming);
  }

  // Knows a file again without saying anything of it: a hash of its size and its two ends.
  async function fingerprintOf(file) {
    if (!window.crypto || !window.crypto.subtle) return "";
    const ends = new Blob([file.slice(0, EDGE), file.slice(-EDGE), `:${file.size}`]);
    const digest = await window.crypto.subtle.digest("SHA-256", await ends.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  class Upload {
    constructor(file) {
      this.file = file;
      this.losses = 0;
      this.failures = 0;
      const answers = new FormData(form);
      this.answers = { kind: answers.get("kind") || "", ground: answers.get("ground") || "" };
      this.token = answers.get("csrfmiddlewaretoken");
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
      this.again.addEventListener("click", () => this.tryAgain());
      this.cancel.addEventListener("click", () => this.stop());
      this.close.addEventListener("click", () => this.stop());
      list.append(this.row);
      list.hidden = false;
    }

    say(words, isProblem = false) {
      const state = this.row.querySelector("[data-state]");
      if (state.textContent === words) return;
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
      if (!this.losses) this.say(text("waiting"));
      waiting.push(this);
      next();
    }

    async send() {
      this.state = "sending";
      running += 1;
      if (!this.losses) this.say(text("sending"));
      if (this.fingerprint === undefined) {
        // A file that cannot be read (it was moved, or is still in a cloud) says so when it is sent.
        this.fingerprint = await fingerprintOf(this.file).catch(() => "");
      }
      const isThere = await library().then(() => true, () => false);
      if (this.state === "sending" && isThere) {
        if (!this.parts) this.parts = this.begin();
        return this.parts.start();
      }
      if (this.state === "sending") this.lost(text("offline"));
      this.leave();
    }

    begin() {
      const known = places.get(this.fingerprint);
      if (known) moveUp(known);
      return new window.tus.Upload(this.file, {
        endpoint: form.dataset.upload,
        uploadUrl: known || null,
        chunkSize: PART,
        retryDelays: null,
        storeFingerprintForResuming: false,
        fingerprint: () => Promise.resolve(this.fingerprint),
        headers: { "X-CSRFToken": this.token },
        metadata: { filename: this.file.name, fingerprint: this.fingerprint, ...this.answers },
        onUploadUrlAvailable: () => note(this.fingerprint, this.parts.url),
        onProgress: (sent, total) => {
          this.bar.value = (100 * sent) / total;
        },
        onChunkComplete: () => {
          this.losses = this.failures = 0;
          this.say(text("sending"));
        },
        onSuccess: () => this.done(),
        onError: (error) => this.failed(error),
      });
    }

    leave() {
      running -= 1;
      next();
    }

    done() {
      this.state = "done";
      places.delete(this.fingerprint);
      news.textContent = `${this.file.name}: ${text("checking")}`;
      this.row.remove();
      list.hidden = !list.children.length;
      tellTheList();
      this.leave();
    }

    failed(error) {
      const answer = error.originalResponse;
      const status = answer ? answer.getStatus() : 0;
      if (status === 401) this.fail(text("signed-out"), true);
      else if (status === 0) this.lost(text("offline"));
      else if (status === 409 || status === 410 || status >= 500) this.lost(text("again"), error);
      else this.fail(detailOf(answer), false);
      this.leave();
    }

    fail(words, mayTryAgain) {
      this.state = "failed";
      this.bar.hidden = true;
      this.again.hidden = !mayTryAgain;
      this.cancel.hidden = true;
      this.close.hidden = false;
      if (!mayTryAgain) places.delete(this.fingerprint);
      this.say(words, true);
    }

    // By itself again: after a second, two, four, and at once when the browser says it is online.
    lost(words, error) {
      if (error) this.failures += 1;
      if (this.failures > MOST_FAILURES) return this.fail(detailOf(error.originalResponse), true);
      this.state = "lost";
      if (this.parts) this.parts.options.chunkSize = SMALL_PART;
      this.again.hidden = false;
      this.say(words);
      this.timer = setTimeout(
        () => this.retry(),
        Math.min(RETRY_AFTER * 2 ** this.losses, LONGEST_WAIT),
      );
      this.losses += 1;
    }

    retry() {
      if (this.state === "lost" && navigator.onLine) this.enqueue();
    }

    tryAgain() {
      this.failures = 0;
      this.enqueue();
    }

    stop() {
      clearTimeout(this.timer);
      const place = waiting.indexOf(this);
      if (place >= 0) waiting.splice(place, 1);
      if (this.state !== "failed") news.textContent = `${this.file.name}: ${text("cancelled")}`;
      // Without a connection it stays there, and is in the list of what is not finished.
      if (this.parts) this.parts.abort(this.state !== "failed").catch(() => {});
      if (this.state === "sending" && this.parts) this.leave();
      this.state = "cancelled";
      places.delete(this.fingerprint);
      this.row.remove();
      uploads.delete(this);
      list.hidden = !list.children.length;
      input.focus();
    }
  }

  // What goes on has a row of its own among those that are sent.
  function moveUp(url) {
    const row = document.querySelector(`[data-coming="${url}"]`);
    if (!row) return;
    const section = row.closest("section");
    row.remove();
    section.hidden = !section.querySelector("li");
  }

  function detailOf(answer) {
    try {
      return JSON.parse(answer.getBody()).detail || text("failed");
    } catch {
      return text("failed");
    }
  }

  const uploads = new Set();

  // papers_list.js shows what has arrived.
  function tellTheList() {
    const isBusy = () => waiting.length + running > 0;
    document.dispatchEvent(new CustomEvent("papers:arrived", { detail: { isBusy } }));
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
  }

  input.required = false;
  form.querySelector("[data-upload-send]").hidden = true;
  const camera = form.querySelector("[data-upload-camera] input");
  for (const each of [input, camera]) {
    each.addEventListener("change", () => {
      add(each.files);
      each.value = "";
    });
  }
  // What was chosen while this script was on its way goes now: the button to send it is gone.
  add(input.files);
  input.value = "";
  // A phone's camera is a step nearer; where there is a mouse, there is none worth a button.
  if (window.matchMedia("(pointer: coarse)").matches) camera.closest("[data-upload-camera]").hidden = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add(input.files);
    input.value = "";
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
})();
