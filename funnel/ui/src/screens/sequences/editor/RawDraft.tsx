/** A draft that no cards can be drawn of (a step without an id, a list that is none): mended as JSON. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Page } from "../../../components/Page.tsx";
import { useWords } from "../../../lib/language.ts";
import { type Json, type SequenceDocument, isFields } from "../../../lib/sequence/document.ts";
import { saveDraft, sequenceKey } from "../queries.ts";
import { JsonField } from "../../../components/JsonField.tsx";
import type { Sequence } from "./types.ts";

export function RawDraft({ sequence }: { sequence: Sequence }) {
  const t = useWords();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (document: Json) => saveDraft(sequence.key, document as SequenceDocument, sequence.revision),
    onSuccess: (answer) => client.setQueryData([...sequenceKey(sequence.key), "draft"], answer),
  });
  return (
    <Page title={sequence.key}>
      <div className="space-y-4">
        <ul className="list-disc rounded-lg border border-bad bg-bad-tint py-2 pr-3 pl-8 text-bad">
          {sequence.problems.map((problem) => (
            <li key={problem.path + problem.message}>
              <code>{problem.path}</code> {problem.message}
            </li>
          ))}
        </ul>
        <p>{t("seq.jsonOnly")}</p>
        <JsonField
          label={t("seq.json")}
          value={sequence.draft as Json}
          lines={24}
          check={(value) => (isFields(value) ? undefined : t("seq.jsonObject"))}
          onUse={(value) => save.mutate(value)}
        />
      </div>
    </Page>
  );
}
