/** The name of a sequence, leading to it. */
export function SequenceLink({ name }: { name: string }) {
  return <a href={`/app/sequences/${encodeURIComponent(name)}`} className="font-medium text-brand hover:underline">{name}</a>;
}
