import { Link } from "@tanstack/react-router";

/** A sequence by its key, which leads to its editor. */
export function SequenceLink({ name }: { name: string }) {
  return (
    <Link to="/sequences/$key" params={{ key: name }} className="font-medium text-brand hover:underline">
      {name}
    </Link>
  );
}
