// One line per figure: what, figure, goal, ok or over.
const over = [];
let count = 0;

export function report(what, figure, unit, goal) {
  const text = `${figure.toFixed(figure < 10 ? 3 : 1)} ${unit}`;
  const isOver = goal !== undefined && figure > goal;
  const verdict = goal === undefined ? "" : `goal ${goal} ${unit}`.padEnd(20) + (isOver ? "over" : "ok");
  console.log(`${what.padEnd(58)}${text.padStart(18)}   ${verdict}`.trimEnd());
  count += 1;
  if (isOver) {
    over.push(what);
  }
}

// Progress, so that nobody takes a long measurement for a standstill.
export function note(text) {
  console.log(`  (${text})`);
}

// The last lines; a figure over its goal is told, and is no failure of the bench.
export function summary() {
  console.log(`\n${count} figures, ${over.length} over their goal${over.length ? ":" : ""}`);
  for (const what of over) {
    console.log(`  ${what}`);
  }
  return 0;
}
