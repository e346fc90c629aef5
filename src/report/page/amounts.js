// Numbers as people read them, by what they are.

const start = JSON.parse(document.getElementById("about").textContent).start;

function plain(value, digits) {
  const text = Math.abs(value).toLocaleString("en-US", { maximumFractionDigits: digits });
  return value < 0 && text !== "0" ? "−" + text : text;
}
function digitsOf(value) {
  const size = Math.abs(value);
  return size < 1e-9 ? 0 : size < 0.1 ? 4 : size < 1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0;
}
function duration(seconds) {
  const size = Math.abs(seconds);
  if (size < 5e-7) return "0 s";
  if (size < 1) return plain(seconds * 1e3, 1) + " ms";
  if (size < 120) return plain(seconds, 2) + " s";
  if (size < 7200) return plain(seconds / 60, 1) + " min";
  if (size < 172800) return plain(seconds / 3600, 1) + " h";
  return plain(seconds / 86400, 1) + " d";
}
const two = (number) => String(number).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
// An instant, to the minute or, where instants lie nearer to one another, to the second.
function instant(seconds, fine) {
  const whole = fine ? Math.floor(seconds) : Math.round(seconds / 60) * 60;
  const clock = (rest) => {
    const [hours, minutes] = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60];
    return `${two(hours)}:${two(minutes)}` + (fine ? ":" + two(rest % 60) : "");
  };
  if (start === null) return `${Math.floor(whole / 86400)} d ${clock(whole % 86400)}`;
  const date = new Date((start + whole) * 1000);
  const rest = date.getUTCHours() * 3600 + date.getUTCMinutes() * 60 + date.getUTCSeconds();
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${clock(rest)}`;
}
function written(quantity, value, range) {
  switch (quantity) {
    case "time": return instant(value, range < 7200);
    case "duration": return duration(value);
    case "dollars": {
      const digits = range < 0.1 ? 4 : Math.abs(value) < 100 ? 2 : 0;
      const text = Math.abs(value).toLocaleString("en-US",
        { minimumFractionDigits: digits ? 2 : 0, maximumFractionDigits: digits });
      return (value < 0 ? "−$" : "$") + text;
    }
    case "share": return plain(value * 100, 1) + " %";
    default: return plain(value, digitsOf(value));
  }
}
