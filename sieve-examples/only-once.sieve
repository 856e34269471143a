# For one who has two aliases that are often both in To: the second copy of the
# same message is dropped.
require ["vnd.nameplate.alias", "duplicate", "fileinto", "mailbox"];

if allof (alias :matches "*", duplicate :seconds 3600) {
    discard;
    stop;
}
if alias :is ["sales@company.com", "info@company.com"] {
    fileinto :create "Shop";
}
