/* Marks on the pages of the opened document: drawn for everybody, made by who holds the case, with
   the mouse or with the keyboard. They are kept in fractions of the page as it is unturned. */
"use strict";
{
  const SLIP = 0.01;
  const STEP = 0.01;
  const BEGINNING = { left: 0.25, top: 0.4, width: 0.5, height: 0.08 };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const within = (value, least, most) => Math.min(Math.max(value, least), most);

  /* From the page as it is seen, turned so many quarters, to the page as it lies. */
  const unturned = {
    0: (x, y) => [x, y],
    1: (x, y) => [y, 1 - x],
    2: (x, y) => [1 - x, 1 - y],
    3: (x, y) => [1 - y, x],
  };
  const unturnedStep = {
    0: (x, y) => [x, y],
    1: (x, y) => [y, -x],
    2: (x, y) => [-x, -y],
    3: (x, y) => [-y, x],
  };

  function place(box, spot) {
    box.style.left = `${spot.left * 100}%`;
    box.style.top = `${spot.top * 100}%`;
    box.style.width = `${spot.width * 100}%`;
    box.style.height = `${spot.height * 100}%`;
  }

  function between(one, other) {
    const [left, right] = [one[0], other[0]].map((x) => within(x, 0, 1)).sort((a, b) => a - b);
    const [top, bottom] = [one[1], other[1]].map((y) => within(y, 0, 1)).sort((a, b) => a - b);
    return { left, top, width: right - left, height: bottom - top };
  }

  class Marks {
    constructor(root) {
      this.root = root;
      this.viewer = root.viewer;
      this.form = root.querySelector("[data-desk-mark-form]");
      this.fresh = null;
      root.addEventListener("desk:opened", () => this.draw());
      root.addEventListener("desk:jumped", (event) => this.flash(event.detail.mark));
      if (this.form) this.listen();
    }

    /* --- showing ------------------------------------------------------------------------ */

    draw() {
      this.cancel();
      for (const old of this.root.querySelectorAll(".desk-box")) old.remove();
      const open = this.viewer.open?.dataset.deskPaper;
      for (const line of document.querySelectorAll(`[data-mark][data-document="${open}"]`)) this.drawOne(line);
    }

    drawOne(line) {
      const face = this.faces()[Number(line.dataset.page) - 1];
      if (!face) return;
      const [left, top, width, height] = line.dataset.box.split(" ").map(Number);
      const box = document.createElement("div");
      box.className = "desk-box";
      box.dataset.shows = line.dataset.mark;
      box.title = [line.querySelector("[data-mark-note]")?.textContent, line.querySelector(".desk-muted")?.textContent].filter(Boolean).join(" · ");
      const rank = line.closest(".desk-reason")?.querySelector(".desk-rank")?.textContent;
      if (rank) box.dataset.rank = rank;
      place(box, { left, top, width, height });
      face.append(box);
    }

    faces() {
      return [...this.root.querySelectorAll(".desk-sheet .desk-face")];
    }

    flash(mark) {
      const box = this.root.querySelector(`[data-shows="${mark}"]`);
      if (!box) return;
      box.scrollIntoView({ block: "center", inline: "nearest" });
      box.classList.remove("desk-box-flash");
      // Reading a size makes the browser forget the last flash.
      void box.offsetWidth;
      box.classList.add("desk-box-flash");
    }

    /* --- making ------------------------------------------------------------------------- */

    listen() {
      const pane = this.viewer.pane;
      pane.classList.add("desk-can-mark");
      pane.addEventListener("pointerdown", (event) => this.drag(event));
      this.root.querySelector("[data-view=mark]").addEventListener("click", () => this.begin());
      this.form.addEventListener("submit", (event) => this.save(event));
      this.form.querySelector("[data-mark-cancel]").addEventListener("click", () => this.cancel());
      this.form.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && event.target.matches("select")) {
          // By itself it would open the list: arrows choose from it without that.
          event.preventDefault();
          this.form.requestSubmit();
        }
        if (event.key !== "Escape") return;
        event.stopPropagation();
        this.cancel();
      });
      document.addEventListener("click", (event) => {
        const button = event.target instanceof Element && event.target.closest("[data-desk-unmark]");
        if (button) this.remove(button);
      });
    }

    point(sheet, event) {
      const seen = sheet.querySelector(".desk-face").getBoundingClientRect();
      const x = (event.clientX - seen.left) / seen.width;
      const y = (event.clientY - seen.top) / seen.height;
      return unturned[sheet.dataset.turn](x, y);
    }

    drag(event) {
      const sheet = event.target instanceof Element && event.target.closest(".desk-sheet");
      if (!sheet || event.button !== 0 || event.pointerType === "touch") return;
      event.preventDefault();
      const from = this.point(sheet, event);
      const move = (now) => this.outline(sheet, between(from, this.point(sheet, now)));
      const end = () => {
        document.removeEventListener("pointermove", move);
        if (!this.fresh || this.fresh.sheet !== sheet) return;
        if (this.fresh.spot.width < SLIP || this.fresh.spot.height < SLIP) this.cancel();
        else this.ask();
      };
      this.cancel();
      document.addEventListener("pointermove", move);
      document.addEventListener("pointerup", end, { once: true });
    }

    outline(sheet, spot) {
      if (!this.fresh) {
        const box = document.createElement("div");
        box.className = "desk-box desk-box-new";
        sheet.querySelector(".desk-face").append(box);
        this.fresh = { box, sheet, spot };
      }
      this.fresh.spot = spot;
      place(this.fresh.box, spot);
    }

    /* By the keyboard: a frame in the middle of what is seen, moved by arrows. */
    begin() {
      const sheet = this.viewer.current();
      if (!sheet) return;
      this.cancel();
      this.outline(sheet, { ...BEGINNING });
      const { box } = this.fresh;
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", this.form.querySelector("[data-mark-help]").textContent);
      box.addEventListener("keydown", (event) => this.nudge(event));
      this.form.hidden = false;
      box.focus({ preventScroll: true });
      box.scrollIntoView({ block: "nearest" });
    }

    nudge(event) {
      if (event.key === "Enter") this.ask();
      else if (event.key === "Escape") this.cancel();
      else if (ARROWS[event.key]) this.shift(ARROWS[event.key], event.shiftKey);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    shift(arrow, isSize) {
      const { sheet, spot } = this.fresh;
      const [x, y] = unturnedStep[sheet.dataset.turn](...arrow).map((part) => part * STEP);
      if (isSize) {
        spot.width = within(spot.width + x, SLIP, 1 - spot.left);
        spot.height = within(spot.height + y, SLIP, 1 - spot.top);
      } else {
        spot.left = within(spot.left + x, 0, 1 - spot.width);
        spot.top = within(spot.top + y, 0, 1 - spot.height);
      }
      place(this.fresh.box, spot);
    }

    /* Which ground, and a note: the paper's own ground is the likely one. */
    ask() {
      this.form.hidden = false;
      const choice = this.form.elements.ground;
      const likely = this.viewer.open.dataset.ground;
      if ([...choice.options].some((one) => one.value === likely)) choice.value = likely;
      choice.focus();
    }

    cancel() {
      this.fresh?.box.remove();
      this.fresh = null;
      if (!this.form) return;
      this.form.hidden = true;
      this.form.reset();
      this.say("");
    }

    async save(event) {
      event.preventDefault();
      if (!this.fresh) return;
      const { sheet, spot } = this.fresh;
      const body = new URLSearchParams(new FormData(this.form));
      body.set("document", this.viewer.open.dataset.deskPaper);
      body.set("page", sheet.dataset.page);
      for (const side of ["left", "top", "width", "height"]) body.set(side, spot[side].toFixed(4));
      const told = await this.post(this.root.dataset.marks, body);
      if (!told) return;
      const list = document.querySelector(`[data-marks-of="${told.ground}"]`);
      const known = list.querySelector(`[data-mark="${told.mark}"]`);
      if (!known) list.insertAdjacentHTML("beforeend", told.html);
      this.draw();
      this.viewer.pane.focus({ preventScroll: true });
    }

    async remove(button) {
      if (!(await this.post(button.dataset.deskUnmark, new URLSearchParams()))) return;
      button.closest("[data-mark]").remove();
      this.draw();
    }

    /* What the server said; nothing when it refused, and then its words are shown. */
    async post(url, body) {
      body.set("csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]").value);
      try {
        const answer = await fetch(url, { method: "POST", body });
        if (answer.status === 204) return {};
        const told = await answer.json();
        if (answer.ok) return told;
        this.say(told.error ?? String(answer.status));
      } catch (error) {
        this.say(String(error));
      }
      return null;
    }

    say(words) {
      const place = this.form.querySelector("[data-mark-error]");
      place.textContent = words;
      place.hidden = words === "";
      if (words) this.form.hidden = false;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const root = document.querySelector("[data-desk-viewer]");
    if (root?.viewer) new Marks(root);
  });
}
