// Elements, never markup: whatever the words are, they stay words.

/**
 * An element; the tag may carry classes ("p.soft"). After it may come an object of properties and of attributes (names
 * with "-", role and for), then children: elements, words, lists of them; what is empty is left out.
 */
function element(tag, ...parts) {
  const properties = parts[0]?.constructor === Object ? parts.shift() : {};
  const [name, ...classes] = tag.split(".");
  const made = document.createElement(name);
  made.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role" || key === "for") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...parts.flat(Infinity).filter((child) => child || child === 0));
  return made;
}

/** Words of an article, in their own direction of writing. */
const quoted = (words, tag = "span") => element(`${tag}.quoted`, { dir: "auto" }, words);

const number = (value) => value.toLocaleString("en");
const plural = (value, noun, nouns = `${noun}s`) => `${number(value)} ${value === 1 ? noun : nouns}`;
const kindWords = (code) => code.replaceAll("_", " ");

/** "A", "A and B", "A, B and C". */
const listed = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);

/** Words without case and accents, as they are searched. */
const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** A list that grows on demand: few rows at first, but the one at `upTo` is among them; more at a press. */
function growing(tag, rows, draw, atOnce, noun, upTo = -1) {
  const list = element(tag);
  const button = element("button.more", { type: "button" });
  let drawn = 0;
  const grow = () => {
    const more = rows.slice(drawn, drawn + atOnce).map(draw);
    list.append(...more);
    drawn += more.length;
    button.hidden = drawn >= rows.length;
    button.textContent = `Show ${number(Math.min(atOnce, rows.length - drawn))} more of ${plural(rows.length, noun)}`;
    return more[0];
  };
  button.addEventListener("click", () => grow().querySelector("a, summary")?.focus());
  do grow();
  while (drawn <= upTo);
  return [list, button.hidden ? null : button];
}
