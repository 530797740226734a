# The first version of frames that are batches.
BATCH_VERSION <- 3

# The input with the version of frames that the page supports.
FRAMES_INPUT <- ".shiny_comm_frames"

# Returns the version of frames for the session's page; 0 stands for text.
frame_version <- function(registry) {
  version <- registry$frames
  if (is.numeric(version) && length(version) == 1 && isTRUE(version >= 1)) version else 0
}

# Encodes a message as a binary frame, a raw vector. `text` is the JSON of the message without its
# buffers.
encode_frame <- function(kind, text, buffers) pack_frame(1, kind, text, buffers)

# Encodes messages of a kind as one frame. A message without buffers that equals an earlier one, except
# for its comm, is a reference.
encode_batch <- function(kind, messages) {
  counts <- lengths(lapply(messages, function(message) message$buffers))
  ids <- vapply(messages, function(message) message$comm_id, "")
  elements <- texts <- vapply(messages, function(message) message$text, "")
  framed <- counts > 0
  elements[framed] <- with_member(texts[framed], paste0('"buffer_count":', counts[framed]))
  # The id is the first member of the content.
  rest <- substring(texts, nchar('{"content":{"comm_id":""') + nchar(ids) + 1)
  plain <- which(!framed)
  likes <- plain[match(rest[plain], rest[plain])]
  equal <- likes != plain
  references <- sprintf('{"comm_id":"%s","like":%d}', ids[plain], likes - 1L)
  elements[plain[equal]] <- references[equal]
  buffers <- unlist(lapply(messages, function(message) message$buffers), recursive = FALSE)
  pack_frame(BATCH_VERSION, kind, paste0("[", paste(elements, collapse = ","), "]"), buffers)
}

pack_frame <- function(version, kind, text, buffers) {
  code <- match(kind, c("comm_open", "comm_msg", "comm_close"))
  text <- charToRaw(enc2utf8(text))
  uint32 <- function(numbers) writeBin(as.integer(numbers), raw(), size = 4, endian = "little")
  count <- length(buffers)
  lengths <- lengths(buffers, use.names = FALSE)
  end <- 16 + 8 * count + length(text)
  # Each buffer begins at the next multiple of 8.
  begin <- ceiling(end / 8) * 8
  offsets <- begin + cumsum(c(0, ceiling(lengths / 8) * 8))[seq_len(count)]
  gaps <- offsets - c(end, offsets + lengths)[seq_len(count)]
  zeros <- lapply(0:7, raw)
  fixed <- c(as.raw(c(version, code, 0, 0)), uint32(c(length(text), count, 0)))
  entries <- uint32(rbind(offsets, lengths))
  unlist(c(list(fixed, entries, text), rbind(zeros[gaps + 1], unname(buffers))), use.names = FALSE)
}
