# For the owner of a catch-all: mail to names that nobody has is mostly guessed;
# it is looked through once a week.
require ["vnd.nameplate.alias", "variables", "fileinto", "mailbox",
         "imap4flags"];

if string :is "${alias.kind}" "catchall" {
    addflag "\\Seen";
    fileinto :create "Quarantine";
}
