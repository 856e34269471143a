# For whoever gave an address to a trade fair: it is good until a day, then its
# mail goes to Junk unread, until the alias is removed.
require ["vnd.nameplate.alias", "date", "relational", "fileinto", "mailbox",
         "imap4flags"];

if allof (alias :is "fair@company.com",
          currentdate :value "ge" "date" "2025-10-01") {
    setflag "\\Seen";
    fileinto :create "Junk";
}
