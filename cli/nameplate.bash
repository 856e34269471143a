# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for nameplate(1).

_nameplate_options()
{
	case $1 in
	add) echo "--send --no-send --receive --no-receive --expires --note" \
		"--no-probe --force --catch-all --help" ;;
	set) echo "--mailbox --send --no-send --receive --no-receive" \
		"--expires --note --no-probe --force --help" ;;
	move) echo "--no-probe --force --help" ;;
	list) echo "--mailbox --domain --send --format --help" ;;
	explain | check) echo "--no-probe --help" ;;
	import) echo "--format --dry-run --help" ;;
	export) echo "--format --help" ;;
	verify) echo "--adopt --help" ;;
	*) echo "--help" ;;
	esac
}

_nameplate()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local i=1 command='' words='' files=''

	while [ "$i" -lt "$COMP_CWORD" ]; do
		case ${COMP_WORDS[i]} in
		-c | --config) i=$((i + 1)) ;;
		-*) ;;
		*) command=${COMP_WORDS[i]}; break ;;
		esac
		i=$((i + 1))
	done
	case $prev in
	-c | --config | --adopt) files=yes ;;
	--format)
		case $command in
		list) words="table csv json" ;;
		import) words="csv json postfix" ;;
		export) words="csv json" ;;
		esac ;;
	--expires) words="never" ;;
	--mailbox | --domain | --note) ;;
	*)
		case $command,$cur in
		,-*) words="-c --help --version" ;;
		,*) words="add show set enable disable remove remove-mailbox
			move list explain import export check verify rollback
			apply" ;;
		*,-*) words=$(_nameplate_options "$command") ;;
		import,*) files=yes ;;
		esac ;;
	esac
	if [ -n "$files" ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	fi
}

complete -o filenames -F _nameplate nameplate
