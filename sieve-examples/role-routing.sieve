# For one who answers for several roles: the mail of each in its own place,
# urgent things marked, tags of a role (support+printer@) kept with it.
require ["vnd.nameplate.alias", "subaddress", "fileinto", "mailbox",
         "imap4flags"];

if alias :user "sales" {
    fileinto :create "Sales";
} elsif alias :user ["support", "helpdesk"] {
    if header :contains "subject" ["down", "urgent"] {
        addflag "\\Flagged";
    }
    fileinto :create "Support";
} elsif alias :user ["abuse", "postmaster", "hostmaster"] {
    fileinto :create "Admin";
}
