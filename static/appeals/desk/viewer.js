/* Documents of a case, opened in place as pictures of their pages. A picture is fetched only when
   its page is near: fetching it is what the customer is told about as an opening. */
"use strict";
{
  const ZOOM_STEP = 1.25;
  const ZOOM_LEAST = 0.5;
  const ZOOM_MOST = 5;
  const REMEMBERED_MS = 10 * 60 * 1000;

  class Viewer {
    constructor(desk, root) {
      this.root = root;
      this.pane = root.querySelector("[data-desk-sheets]");
      this.papers = [...desk.querySelectorAll("[data-desk-paper]")];
      this.memory = `desk:${desk.dataset.deskCase}`;
      this.zoom = 1;
      this.open = null;
      // Pages a screen ahead are fetched before they are seen.
      this.watcher = new IntersectionObserver((seen) => this.fetchSeen(seen), { root: this.pane, rootMargin: "100% 0px" });
      root.hidden = false;
    }

    /* --- opening ---------------------------------------------------------------------- */

    show(id, page = 1) {
      const paper = this.papers.find((one) => one.dataset.deskPaper === id);
      if (!paper) return;
      if (this.open !== paper) this.fill(paper);
      this.goTo(page);
      this.remember();
    }

    fill(paper) {
      this.watcher.disconnect();
      this.open = paper;
      for (const one of this.papers) one.removeAttribute("aria-current");
      paper.setAttribute("aria-current", "true");
      paper.closest("li").scrollIntoView({ block: "nearest" });
      const sheets = [];
      for (let page = 1; page <= Number(paper.dataset.pages); page += 1) sheets.push(this.sheet(paper, page));
      this.pane.replaceChildren(...sheets);
      this.pane.scrollTo(0, 0);
      for (const sheet of sheets) this.watcher.observe(sheet);
      this.tell("desk:opened");
      this.follow();
    }

    sheet(paper, page) {
      const sheet = document.createElement("figure");
      sheet.className = "desk-sheet";
      sheet.dataset.page = page;
      sheet.dataset.turn = "0";
      const face = document.createElement("div");
      face.className = "desk-face";
      const picture = document.createElement("img");
      picture.alt = this.words(page);
      picture.draggable = false;
      picture.dataset.from = this.address(paper, page);
      picture.addEventListener("load", () => this.size(sheet, picture));
      picture.addEventListener("error", () => this.askAgain(paper, page, picture).catch(() => this.fail(face)));
      face.append(picture);
      sheet.append(face);
      return sheet;
    }

    address(paper, page) {
      const address = new URL(`page/${page}.png`, paper.href);
      address.searchParams.set("pass", paper.dataset.pass);
      return address.href;
    }

    /* A pass lasts for a sitting, and a case may be open for longer: once, a fresh one is asked for. */
    async askAgain(paper, page, picture) {
      if (picture.dataset.again) throw new Error("the page cannot be shown");
      picture.dataset.again = "yes";
      const answer = await fetch(new URL("pass", paper.href), { credentials: "same-origin" });
      if (!answer.ok) throw new Error("there is no fresh pass");
      paper.dataset.pass = (await answer.json()).pass;
      picture.src = this.address(paper, page);
    }

    fetchSeen(seen) {
      for (const one of seen.filter((entry) => entry.isIntersecting)) {
        const picture = one.target.querySelector("img[data-from]");
        if (!picture) continue;
        picture.src = this.address(this.open, Number(one.target.dataset.page));
        delete picture.dataset.from;
        this.watcher.unobserve(one.target);
      }
    }

    size(sheet, picture) {
      if (picture.naturalHeight) sheet.style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
    }

    fail(face) {
      const words = document.createElement("p");
      words.className = "desk-hint";
      words.textContent = this.root.dataset.broken;
      face.replaceChildren(words);
    }

    words(page) {
      return this.root.dataset.pageWord.replace("{page}", page).replace("{pages}", this.open.dataset.pages);
    }

    /* --- walking ---------------------------------------------------------------------- */

    sheets() {
      return [...this.pane.querySelectorAll(".desk-sheet")];
    }

    /* The page that a third of the pane's height lies on. */
    current() {
      const line = this.pane.getBoundingClientRect().top + this.pane.clientHeight / 3;
      const begun = this.sheets().filter((sheet) => sheet.getBoundingClientRect().top <= line);
      return begun.at(-1) ?? this.sheets()[0];
    }

    goTo(page) {
      const sheet = this.sheets()[page - 1];
      if (sheet) this.pane.scrollTo(0, sheet.offsetTop);
      this.follow();
    }

    stepPage(by) {
      const now = this.current();
      if (now) this.goTo(Math.min(Math.max(Number(now.dataset.page) + by, 1), this.sheets().length));
    }

    stepPaper(by) {
      const now = this.papers.indexOf(this.open);
      const next = this.papers[now < 0 ? 0 : now + by];
      if (next) this.show(next.dataset.deskPaper);
    }

    follow() {
      const now = this.current();
      this.root.querySelector("[data-view-page]").textContent = now ? `${now.dataset.page} / ${this.sheets().length}` : "–";
    }

    /* --- looking closer ---------------------------------------------------------------- */

    setZoom(zoom) {
      const middle = (this.pane.scrollTop + this.pane.clientHeight / 2) / Math.max(this.pane.scrollHeight, 1);
      this.zoom = Math.min(Math.max(zoom, ZOOM_LEAST), ZOOM_MOST);
      this.pane.style.setProperty("--zoom", this.zoom);
      this.pane.scrollTop = middle * this.pane.scrollHeight - this.pane.clientHeight / 2;
      this.root.querySelector("[data-view-zoom]").textContent = `${Math.round(this.zoom * 100)}%`;
      this.remember();
    }

    turn() {
      const now = this.current();
      if (now) now.dataset.turn = (Number(now.dataset.turn) + 1) % 4;
    }

    /* --- after the page was saved and came back ----------------------------------------- */

    remember() {
      const page = Number(this.current()?.dataset.page ?? 1);
      const kept = { paper: this.open?.dataset.deskPaper, page, zoom: this.zoom, at: Date.now() };
      try {
        if (this.open) sessionStorage.setItem(this.memory, JSON.stringify(kept));
      } catch {
        // Then it opens nothing next time.
      }
    }

    recall() {
      let kept = null;
      try {
        kept = JSON.parse(sessionStorage.getItem(this.memory));
      } catch {
        return;
      }
      if (!kept || Date.now() - kept.at > REMEMBERED_MS) return;
      this.setZoom(kept.zoom);
      this.show(kept.paper, kept.page);
    }

    tell(name) {
      this.root.dispatchEvent(new CustomEvent(name, { detail: { paper: this.open.dataset.deskPaper, ground: this.open.dataset.ground } }));
    }
  }

  function bind(viewer) {
    const acts = {
      previous: () => viewer.stepPaper(-1),
      next: () => viewer.stepPaper(1),
      "page-back": () => viewer.stepPage(-1),
      "page-on": () => viewer.stepPage(1),
      smaller: () => viewer.setZoom(viewer.zoom / ZOOM_STEP),
      larger: () => viewer.setZoom(viewer.zoom * ZOOM_STEP),
      fit: () => viewer.setZoom(1),
      turn: () => viewer.turn(),
    };
    for (const button of viewer.root.querySelectorAll("[data-view]")) {
      const act = acts[button.dataset.view];
      if (act) button.addEventListener("click", act);
    }
    let isWaiting = false;
    viewer.pane.addEventListener("scroll", () => {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        viewer.follow();
        viewer.remember();
      });
    }, { passive: true });
  }

  function openHere(desk, viewer) {
    desk.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
      const link = event.target.closest("[data-desk-paper], [data-desk-jump], a[href^='#paper-']");
      if (!link) return;
      event.preventDefault();
      const mark = link.closest("[data-mark]");
      const id = link.dataset.deskPaper ?? mark?.dataset.document ?? link.hash.replace("#paper-", "");
      viewer.show(id, Number(mark?.dataset.page ?? 1));
      if (mark) viewer.root.dispatchEvent(new CustomEvent("desk:jumped", { detail: { mark: mark.dataset.mark } }));
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const desk = document.querySelector("[data-desk-case]");
    const root = document.querySelector("[data-desk-viewer]");
    if (!desk || !root) return;
    const viewer = new Viewer(desk, root);
    root.viewer = viewer;
    bind(viewer);
    openHere(desk, viewer);
    // The marks listen first.
    setTimeout(() => viewer.recall(), 0);
  });
}
