/** One number of the authority, or one for each set of labels. */
export interface Metric {
  /** Below `floodgate_`; ends with `_total` where it only ever grows. */
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The text format of Prometheus, version 0.0.4. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** https://prometheus.io/docs/instrumenting/exposition_formats/ (text format). Pure. */
export function formatMetrics(metrics: readonly Metric[]): string {
  const lines = metrics.flatMap(({ name, help, samples }) => {
    const own = `floodgate_${name}`;
    const type = name.endsWith("_total") ? "counter" : "gauge";
    const described = [`# HELP ${own} ${escapeText(help)}`, `# TYPE ${own} ${type}`];
    return [...described, ...samples.map(({ labels, value }) => `${own}${formatLabels(labels)} ${value}`)];
  });
  return `${lines.join("\n")}\n`;
}

function formatLabels(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeText(value).replaceAll('"', '\\"')}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
