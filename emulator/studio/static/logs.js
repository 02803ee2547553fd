/** A log that grows, and a search in it. */

import * as state from "./view_state.js";

const MOST = 2_000_000;

export class Log {
  /**
   * @param {HTMLElement} panel
   * @param {(path: string, from: number) => string} url of the log from a byte on
   * @param {() => void} choose is called when another file was chosen
   */
  constructor(panel, url, choose) {
    this.url = url;
    this.text = /** @type {HTMLElement} */ (panel.querySelector("#log"));
    this.find = /** @type {HTMLInputElement} */ (panel.querySelector("#log-find"));
    this.found = /** @type {HTMLOutputElement} */ (panel.querySelector("#log-found"));
    this.follow = /** @type {HTMLInputElement} */ (panel.querySelector("#log-follow"));
    const files = /** @type {HTMLSelectElement} */ (panel.querySelector("#log-file"));
    /** @type {Range[]} */
    this.places = [];
    this.at = 0;
    this.find.value = state.get("find");
    this.follow.checked = state.get("follow") !== "no";
    files.addEventListener("change", () => {
      state.set({ file: files.value });
      choose();
    });
    this.follow.addEventListener("change", () => state.set({ follow: this.follow.checked ? "" : "no" }));
    this.find.addEventListener("input", () => {
      state.set({ find: this.find.value });
      this.search();
    });
    this.find.addEventListener("keydown", (event) => event.key === "Enter" && this.next(event.shiftKey ? -1 : 1));
    this.toEnd();
    if (this.find.value) this.search();
  }

  get file() {
    return this.text.dataset.file ?? "";
  }

  /** Fetch what was added. */
  async grow() {
    for (;;) {
      const from = Number(this.text.dataset.end);
      const answer = await fetch(this.url(this.file, from));
      if (!answer.ok) return;
      const { begin, end, size, text } = await answer.json();
      if (begin < from) this.text.textContent = ""; // written anew
      if (text) this.text.append(text);
      this.text.dataset.end = String(end);
      this.text.normalize();
      const node = /** @type {Text | null} */ (this.text.firstChild);
      if (node && node.length > MOST) node.deleteData(0, node.length - MOST);
      if (text && this.find.value) this.search(false);
      this.toEnd();
      if (end >= size || end === from) return;
    }
  }

  toEnd() {
    if (this.follow.checked) this.text.scrollTop = this.text.scrollHeight;
  }

  search(jump = true) {
    const words = this.find.value.toLowerCase(), node = this.text.firstChild, all = this.text.textContent?.toLowerCase() ?? "";
    this.places = [];
    for (let at = words && node ? all.indexOf(words) : -1; at >= 0 && this.places.length < 10_000; at = all.indexOf(words, at + words.length)) {
      const range = document.createRange();
      range.setStart(/** @type {Node} */ (node), at);
      range.setEnd(/** @type {Node} */ (node), at + words.length);
      this.places.push(range);
    }
    if (globalThis.CSS?.highlights) CSS.highlights.set("found", new Highlight(...this.places));
    if (jump) {
      this.at = this.places.length - 1;
      this.next(this.follow.checked ? 0 : 1);
    } else this.tell();
  }

  /** @param {number} by */
  next(by) {
    const many = this.places.length;
    if (many) {
      this.at = (this.at + by + many) % many;
      const place = this.places[this.at], box = place.getBoundingClientRect(), frame = this.text.getBoundingClientRect();
      if (globalThis.CSS?.highlights) CSS.highlights.set("current", new Highlight(place));
      if (by) this.follow.checked = false;
      if (box.top < frame.top || box.bottom > frame.bottom) this.text.scrollTop += box.top - frame.top - frame.height / 3;
    } else globalThis.CSS?.highlights?.delete("current");
    this.tell();
  }

  tell() {
    const many = this.places.length;
    this.found.textContent = !this.find.value ? "" : many ? `${this.at + 1} of ${many}` : "nothing found";
  }
}
