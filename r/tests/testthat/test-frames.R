vectors <- jsonlite::fromJSON(test_path("frames.vectors.json"), FALSE)
for (vector in vectors$valid) {
  test(paste("a frame is written:", vector$name), {
    text <- as.character(to_json(vector$header))
    same(encode_frame(vector$kind, text, lapply(vector$buffers, unhex)), unhex(vector$frame))
  })
}
# R detaches no buffers.
for (vector in Filter(function(vector) length(vector$detachedBuffers) == 0, vectors$batches)) {
  test(paste("a batch is written:", vector$name), {
    messages <- lapply(vector$messages, function(message) {
      list(
        kind = vector$kind, comm_id = message$header$content$comm_id,
        text = as.character(to_json(message$header)), buffers = lapply(message$buffers, unhex)
      )
    })
    same(encode_batch(vector$kind, messages), unhex(vector$frame))
  })
}
