"""What messages about people's input share: lines, paths, suggestions, shortened values; text in, findings out.

Each part is bounded: a message stays readable and cheap however long the input is, since the emulator checks requests.
"""
