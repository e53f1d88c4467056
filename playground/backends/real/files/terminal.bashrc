# The learner's shell on a node. Besides the usual it tells the page, in marks that a terminal does not show,
# which command begins (PS0) and how it ended (PROMPT_COMMAND).
[ -f /etc/bash.bashrc ] && . /etc/bash.bashrc
HISTCONTROL=
HISTTIMEFORMAT=
PS1='\[\e[01;32m\]\u@\h\[\e[00m\]:\[\e[01;34m\]\w\[\e[00m\]\$ '
PS0='$(printf "\033]7771;B;%s\007" "$(history 1 | sed "s/^ *[0-9]* *//" | base64 -w0)")'
PROMPT_COMMAND='printf "\033]7771;E;%s\007" "$?"'
alias ll='ls -alF'
[ -f /usr/share/bash-completion/bash_completion ] && . /usr/share/bash-completion/bash_completion
