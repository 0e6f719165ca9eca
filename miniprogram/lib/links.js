// Addresses: only those of our own host open in the shell, and a card leads back to the very page.

/** Return the address a path of ours has on the host; the first page for anything else. */
function addressOf(host, path) {
  const wanted = typeof path === "string" ? path : "";
  // "//elsewhere" and "/\elsewhere" would leave the host.
  const isOurs = /^\/(?![/\\])[\w\-./?=&%:]*$/.test(wanted) && wanted.length <= 1024;
  return host + (isOurs ? wanted : "/");
}

/** Return the path of one of our addresses; "/" for an address elsewhere. */
function pathOf(host, address) {
  const text = typeof address === "string" ? address.split("#")[0] : "";
  return text === host || text.startsWith(host + "/") || text.startsWith(host + "?") ? text.slice(host.length) || "/" : "/";
}

/** Return the path of the page inside the mini program that opens one of our pages. */
function shellPath(path) {
  return "/pages/index/index?to=" + encodeURIComponent(path);
}

module.exports = { addressOf, pathOf, shellPath };
