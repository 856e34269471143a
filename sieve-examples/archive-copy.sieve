# For one who must keep what came for a role: a copy in the archive, and the
# message goes on as the rules below it say.
require ["vnd.nameplate.alias", "variables", "fileinto", "mailbox", "copy",
         "imap4flags"];

if alias :is ["sales@company.com", "invoices@company.com"] {
    fileinto :copy :create :flags "\\Seen" "Archive/${alias.folder}";
}
if header :contains "subject" "newsletter" {
    discard;
}
