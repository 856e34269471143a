# For an operator who writes a project into the note of an alias (nameplate add
# --note apollo): all addresses of a project come together.
require ["vnd.nameplate.alias", "variables", "fileinto", "mailbox"];

if string :matches "${alias.note}" ["apollo", "gemini"] {
    fileinto :create "Projects/${alias.note}";
}
