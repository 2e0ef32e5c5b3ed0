import type { Described, DescribedOption } from "./describe.ts";

/** Completion scripts, made from the definitions of the commands: no program runs at a Tab. */

export type Shell = "bash" | "zsh" | "fish";

export function completionScript(shell: Shell, commands: readonly Described[]): string {
  if (shell === "bash") return bash(commands);
  return shell === "zsh" ? zsh(commands) : fish(commands);
}

/** Words of two levels at most: "wallet", "wallet new". */
function bash(commands: readonly Described[]): string {
  const cases = commands.map(({ path, commands: next, options, takesFile }) => {
    const words = [...next.map(({ name }) => name), ...options.map(({ name }) => name)].join(" ");
    const files = takesFile ? " files=1;" : "";
    return `    "${path}") words="${words}";${files} ;;`;
  });
  const valued = (value: DescribedOption["value"]): string =>
    unique(
      commands.flatMap(({ options }) => options.filter((one) => one.value === value).map(({ name }) => name)),
    ).join("|");
  const groups = commands.filter((one) => one.path !== "" && one.commands.length > 0).map(({ path }) => path);
  return `# bash completion of floodgate: source <(floodgate completion bash)
_floodgate() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" words="" files="" word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    [[ "$word" == -* ]] && break
    case "$path" in
      "") path="$word" ;;
      ${groups.join("|")}) path="$path $word" ;;
      *) break ;;
    esac
  done
  case "$previous" in
    ${valued("file")}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${valued("directory")}) COMPREPLY=($(compgen -d -- "$current")); return ;;
    ${valued("other")}) COMPREPLY=(); return ;;
  esac
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ -n "$files" ]] && COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -F _floodgate floodgate
`;
}

function zsh(commands: readonly Described[]): string {
  const cases = commands.map(({ path, commands: next, options, takesFile }) => {
    const list = [
      ...next.map((one) => item(one.name, one.summary)),
      ...options.map((one) => item(one.name, one.summary)),
    ];
    return `    ${quote(path)}) items=(${list.join(" ")})${takesFile ? "; files=1" : ""} ;;`;
  });
  const groups = commands.filter((one) => one.path !== "" && one.commands.length > 0).map(({ path }) => path);
  return `#compdef floodgate
# zsh completion of floodgate: source <(floodgate completion zsh)
_floodgate() {
  local path_words="" word files="" index
  local -a items
  for ((index = 2; index < CURRENT; index++)); do
    word="\${words[index]}"
    [[ "$word" == -* ]] && break
    case "$path_words" in
      "") path_words="$word" ;;
      ${groups.join("|")}) path_words="$path_words $word" ;;
      *) break ;;
    esac
  done
  case "$path_words" in
${cases.join("\n")}
  esac
  _describe 'floodgate' items
  [[ -n "$files" ]] && _files
  return 0
}
compdef _floodgate floodgate
`;
}

function fish(commands: readonly Described[]): string {
  const lines = commands.flatMap(({ path, commands: next, options, takesFile }) => {
    const isGroup = next.length > 0;
    const when = quote(`${isGroup ? "__floodgate_in" : "__floodgate_at"} ${path}`.trim());
    return [
      ...next.map(({ name, summary }) => `complete -c floodgate -f -n ${when} -a ${name} -d ${quote(summary)}`),
      ...options.map(({ name, summary, value }) => {
        const kind = value === "none" ? "" : value === "other" ? " -x" : " -r -F";
        return `complete -c floodgate -n ${when} -l ${name.replace(/^--/, "")}${kind} -d ${quote(summary)}`;
      }),
      ...(takesFile ? [`complete -c floodgate -F -n ${when}`] : []),
    ];
  });
  return `# fish completion of floodgate: floodgate completion fish | source
function __floodgate_path
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and break
        echo $word
    end
end
function __floodgate_in
    set -l path (__floodgate_path)
    test "$path" = "$argv"
end
function __floodgate_at
    set -l path (__floodgate_path)
    test "$path[1..(count $argv)]" = "$argv"
end
${lines.join("\n")}
`;
}

function item(name: string, summary: string): string {
  return quote(`${name.replaceAll(":", "\\\\:")}:${summary}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\\\''")}'`;
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
