// One line per figure: what, figure, goal, ok or over; and all of them once more at the end, by parts.
const lines = [];
const failures = [];
let part = "";

const shown = (figure) => figure.toFixed(figure < 10 ? 3 : 1);

function line({ what, figure, unit, goal, isOver }) {
  const verdict = goal === undefined ? "" : `goal ${goal} ${unit}`.padEnd(20) + (isOver ? "over" : "ok");
  return `${what.padEnd(62)}${`${shown(figure)} ${unit}`.padStart(18)}   ${verdict}`.trimEnd();
}

export function report(what, figure, unit, goal) {
  const row = { part, what, figure, unit, goal, isOver: goal !== undefined && !(figure <= goal) };
  lines.push(row);
  console.log(line(row));
}

// Progress, so that nobody takes a long measurement for a standstill.
export function note(text) {
  console.log(`  (${text})`);
}

// A part that cannot be measured is told at the end; the others are measured all the same.
export async function inPart(name, work) {
  part = name;
  console.log(`\n${name}`);
  try {
    await work();
  } catch (error) {
    failures.push(`${name}: ${error.message}`);
    console.log(`  (not measured to its end: ${error.stack})`);
  }
}

// The table of all figures. One over its goal is told, and is no failure of the bench; 1: a part failed.
export function summary() {
  const over = lines.filter(({ isOver }) => isOver);
  let last = "";
  console.log("\nAll figures");
  for (const row of lines) {
    if (row.part !== last) {
      console.log(`\n${row.part}`);
      last = row.part;
    }
    console.log(`  ${line(row)}`);
  }
  console.log(`\n${lines.length} figures, ${over.length} over their goal${over.length ? ":" : ""}`);
  for (const row of over) {
    console.log(`  ${row.part}: ${row.what}`);
  }
  for (const text of failures) {
    console.log(`Not measured to its end: ${text}`);
  }
  return failures.length > 0 ? 1 : 0;
}
