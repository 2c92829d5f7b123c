/** Pausing, resuming, and going to a copy: the same for a draft and for a version. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, ok } from "../../../api/client.ts";
import { askAgain } from "../queries.ts";

export type Asked = "pause" | "publish" | "duplicate" | "json" | "keys" | null;

export function useSteering(key: string, onChanged: () => Promise<void>) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asked, ask] = useState<Asked>(null);
  const path = { params: { path: { key } } };
  const turn = useMutation({
    mutationFn: (to: "pause" | "resume") =>
      ok(
        to === "pause"
          ? api.PUT("/api/v1/sequences/{key}/pause", path)
          : api.DELETE("/api/v1/sequences/{key}/pause", path),
      ),
    onSuccess: async () => {
      await Promise.all([onChanged(), askAgain(client, key)]);
    },
  });
  return {
    asked,
    ask,
    pause: () => turn.mutate("pause"),
    resume: () => turn.mutate("resume"),
    go: (to: string) => void navigate({ to: "/sequences/$key", params: { key: to } }),
  };
}
