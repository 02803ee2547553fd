/** Make a part of the page like a fresh one from the server, and leave alone what is alike: focus, selection, scroll. */

/**
 * @param {Node} old
 * @param {Node} fresh
 */
export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    /** @type {ChildNode} */ (old).replaceWith(fresh);
    return;
  }
  if (old instanceof Element && fresh instanceof Element) {
    if (old.hasAttribute("data-kept") && sameKept(old, fresh)) return;
    attributes(old, fresh);
    children(old, fresh);
  } else if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
}

/** What a script draws into stays, unless it stands for something else now. @param {Element} old @param {Element} fresh */
const sameKept = (old, fresh) =>
  ["data-metric", "data-file", "id"].every((name) => old.getAttribute(name) === fresh.getAttribute(name));

/** @param {Element} old @param {Element} fresh */
function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "disabled") old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes]) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

/** @param {Element} old @param {Element} fresh */
function children(old, fresh) {
  const before = [...old.childNodes], after = [...fresh.childNodes];
  after.forEach((node, place) => (place < before.length ? morph(before[place], node) : old.append(node)));
  before.slice(after.length).forEach((node) => node.remove());
}
