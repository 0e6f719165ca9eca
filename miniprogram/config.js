// Where the pages are: the host of this installation, with https and without a slash at the end.
// It must be one of the 业务域名 of the mini program.
module.exports = { host: "https://lianxin.example" };
