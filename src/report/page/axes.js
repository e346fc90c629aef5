// Axes: where values lie, and round ones between two.

const log = (axis, value) => Math.log10(Math.max(value, axis.from * 1e-3));
// How far along the whole axis a value lies, and back.
function shareAt(axis, value) {
  if (axis.scale === "linear") return (value - axis.from) / (axis.to - axis.from);
  return (log(axis, value) - log(axis, axis.from)) / (log(axis, axis.to) - log(axis, axis.from));
}
function valueAt(axis, share) {
  if (axis.scale === "linear") return axis.from + (axis.to - axis.from) * share;
  const [from, to] = [log(axis, axis.from), log(axis, axis.to)];
  return Math.pow(10, from + (to - from) * share);
}

const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
  86400, 172800, 432000, 864000, 2592000, 5184000, 15552000, 31536000];
// Round values between two, with their labels.
function ticks(axis, [from, to], most) {
  const range = to - from;
  const found = [];
  const until = (step, label, offset) => {
    for (let n = Math.ceil((from + offset) / step - 1e-9); n * step - offset <= to + range * 1e-9; n += 1) {
      found.push([n * step - offset, label(n * step - offset, step)]);
    }
  };
  if (axis.quantity === "time") {
    const step = TIMES.find((one) => range / one <= most) || 31536000;
    if (start !== null && 2592000 <= step) return months([from, to], most);
    const offset = start === null ? 0 : ((start % 86400) + 86400) % 86400;
    until(step, timeLabel, offset);
    return found;
  }
  if (axis.scale === "logarithmic") {
    const inside = axis.ticks.filter((tick) => from <= tick.at && tick.at <= to);
    if (3 <= inside.length) return inside.map((tick) => [tick.at, tick.label]);
  }
  if (axis.quantity === "duration" && most <= range) {
    const step = TIMES.find((one) => range / one <= most) || 31536000;
    until(step, duration, 0);
    return found;
  }
  const power = Math.pow(10, Math.floor(Math.log10(range / most)));
  const counts = axis.quantity === "count";
  let step = [1, 2, 2.5, 5, 10, 20].map((one) => one * power)
    .find((one) => range / one <= most && (!counts || Number.isInteger(one)));
  if (!step) step = Math.max(1, Math.ceil(range / most));
  const digits = Math.max(0, Math.min(8, -Math.floor(Math.log10(step) + 1e-9) + (step / power === 2.5 ? 1 : 0)));
  until(step, (value) => tickLabel(axis.quantity, value, digits), 0);
  return found;
}
// Firsts of months, with the year at the first of them and at each January.
function months([from, to], most) {
  const all = (to - from) / (86400 * 30.4);
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((one) => all / one <= most) || 1200;
  const begin = new Date((start + from) * 1000);
  const found = [];
  for (let month = begin.getUTCFullYear() * 12 + begin.getUTCMonth(); ; month += 1) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1) / 1000 - start;
    if (to < at) return found;
    if (at < from || month % step) continue;
    const year = Math.floor(month / 12);
    const name = MONTHS[month % 12];
    found.push([at, step < 12 ? (found.length && month % 12 ? name : `${name} ${year}`) : `${year}`]);
  }
}
function timeLabel(value, step) {
  if (start === null) {
    const [days, rest] = [Math.floor(value / 86400), value % 86400];
    if (rest === 0) return `${days} d`;
    const clock = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}`;
    return step < 60 ? `${clock}:${two(rest % 60)}` : clock;
  }
  const date = new Date((start + value) * 1000);
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  if (clock === "00:00" && date.getUTCSeconds() === 0) return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return step < 60 ? `${clock}:${two(date.getUTCSeconds())}` : clock;
}
function tickLabel(quantity, value, digits) {
  const fixed = (number, places) => Math.abs(number).toLocaleString("en-US",
    { minimumFractionDigits: places, maximumFractionDigits: places });
  const sign = value < -1e-12 ? "−" : "";
  if (quantity === "share") return `${sign}${fixed(value * 100, Math.max(0, digits - 2))} %`;
  if (quantity === "dollars") return `${sign}$${fixed(value, digits === 1 ? 2 : digits)}`;
  if (quantity === "duration") return duration(value);
  return sign + fixed(value, digits);
}
