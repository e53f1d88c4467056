echo from $0: $1
