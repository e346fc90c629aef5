// The page's script: tables sort and filter, charts show values beside the pointer and zoom. It asks nothing of any
// network, and without it all is there to be read. What goes wrong in it is noted at the root of the page.

const page = document.documentElement;
window.addEventListener("error", (event) => { page.dataset.fault = event.message; });
page.classList.add("scripted");
