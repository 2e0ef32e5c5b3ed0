/** An account or hash, with its middle left out for the eye. The whole is in its title. */
export function Hex({ value, whole = false }: { value: string; whole?: boolean }) {
  return (
    <code class="hex" title={value}>
      {whole || value.length <= 16 ? value : `${value.slice(0, 6)}…${value.slice(-4)}`}
    </code>
  );
}
