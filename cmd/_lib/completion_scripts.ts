/**
 * The scripts that `completion` prints, one for each shell.
 *
 * They contain no commands: they call the program itself, under its name on the command line, with
 * `__complete`.
 *
 * @module
 */
/** Shells that `completion` supports. */
export const SHELLS = ["bash", "fish", "powershell", "zsh"] as const;

/** A shell for which there is a script. */
export type Shell = typeof SHELLS[number];

/** Returns the script for a shell. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

const BASH = `# bash completion for helm; for an alias h: complete -F __start_helm h

__start_helm()
{
    local line="\${COMP_LINE:0:COMP_POINT}" word before also text
    COMPREPLY=()
    word="\${line##*[[:space:]]}"
    # What bash takes for words of its own ends at these signs; it wants what comes after them.
    before="\${word%"\${word##*[=:]}"}"
    also=":words"
    while IFS= read -r text; do
        case "$text" in
            :*) also="$text" ;;
            *)
                text="\${text%%$'\\t'*}"
                COMPREPLY+=("\${text#"$before"}")
                ;;
        esac
    done < <("\${COMP_WORDS[0]/#\\~/$HOME}" __complete --line "$line" 2>/dev/null)
    word="\${word#"$before"}"
    case "$also" in
        :files*) compopt -o filenames 2>/dev/null; while IFS= read -r text; do COMPREPLY+=("$text"); done < <(compgen -f -- "$word") ;;
        :folders*) compopt -o filenames 2>/dev/null; while IFS= read -r text; do COMPREPLY+=("$text"); done < <(compgen -d -- "$word") ;;
    esac
    case "$also" in
        *" nospace") compopt -o nospace 2>/dev/null ;;
    esac
}

complete -F __start_helm helm skeg
`;

const ZSH = `#compdef helm skeg
# zsh completion for helm

__helm_complete()
{
    local -a lines found
    local also=":words" line value about
    lines=("\${(@f)$(\${~words[1]} __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    for line in "\${lines[@]}"; do
        case "$line" in
            :*) also="$line" ;;
            *)
                value="\${line%%$'\\t'*}"
                about="\${line#*$'\\t'}"
                found+=("\${value//:/\\\\:}:$about")
                ;;
        esac
    done
    if (( \${#found} )); then
        if [[ "$also" == *" nospace" ]]; then
            _describe -V helm found -S ''
        else
            _describe -V helm found
        fi
    fi
    case "$also" in
        :files*) compset -P '*='; _files ;;
        :folders*) compset -P '*='; _files -/ ;;
    esac
}

if [[ "\${funcstack[1]}" == (_helm|_skeg) ]]; then
    __helm_complete "$@"
elif (( \${+functions[compdef]} )); then
    compdef __helm_complete helm skeg
else
    autoload -Uz compinit && compinit && compdef __helm_complete helm skeg
fi
`;

const FISH = `# fish completion for helm

function __helm_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l also :words
    for line in ($words[1] __complete $words[2..] "$current" 2>/dev/null)
        if string match -q ':*' -- $line
            set also $line
        else
            echo $line
        end
    end
    switch $also
        case ':files*'
            __fish_complete_path "$current"
        case ':folders*'
            __fish_complete_directories "$current"
    end
end

for name in helm skeg
    complete -c $name -f -a '(__helm_complete)'
end
`;

const POWERSHELL = `# PowerShell completion for helm

Register-ArgumentCompleter -Native -CommandName 'helm', 'skeg' -ScriptBlock {
    param($word, $ast, $cursor)
    $line = $ast.ToString()
    $length = $cursor - $ast.Extent.StartOffset
    $line = if ($length -gt $line.Length) { $line + ' ' } else { $line.Substring(0, $length) }
    $program = $ast.CommandElements[0].Value
    $also = ':words'
    $found = @(foreach ($text in (& $program __complete --line $line 2>$null)) {
        if ($text.StartsWith(':')) { $also = $text; continue }
        $value, $about = $text -split "\`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    })
    $found
    if ($also -like ':files*' -or $also -like ':folders*') {
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($word)
    }
}
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL };
