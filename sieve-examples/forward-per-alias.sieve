# For one whose colleague shares a role: what comes for sales@ goes to her too,
# everything else stays. A message that came back is not forwarded again.
require ["vnd.nameplate.alias", "copy"];

if alias :is "sales@company.com" {
    redirect :copy "carol@partner.example";
}
