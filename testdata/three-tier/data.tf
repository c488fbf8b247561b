# The data tier.

resource "aws_security_group" "database" {
  name   = "${local.name}-database"
  vpc_id = module.network.vpc_id

  ingress {
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.app.id, aws_security_group.bastion.id]
  }
}

resource "aws_db_subnet_group" "orders" {
  name       = local.name
  subnet_ids = module.network.data_subnet_ids
}

resource "aws_db_instance" "orders" {
  identifier              = local.name
  engine                  = "postgres"
  engine_version          = "17.4"
  instance_class          = "db.t4g.medium"
  allocated_storage       = 50
  db_name                 = "orders"
  username                = "orders"
  password                = random_password.database.result
  db_subnet_group_name    = aws_db_subnet_group.orders.name
  vpc_security_group_ids  = [aws_security_group.database.id]
  multi_az                = true
  backup_retention_period = 14
  deletion_protection     = true
  # storage_encrypted is not set, and its default is false.
}

resource "random_password" "database" {
  length = 32
}

resource "aws_secretsmanager_secret" "database" {
  name = "${local.name}/database"
}

resource "aws_secretsmanager_secret_version" "database" {
  secret_id     = aws_secretsmanager_secret.database.id
  secret_string = random_password.database.result
}

resource "aws_s3_bucket" "receipts" {
  bucket = "${local.name}-receipts"
}

resource "aws_s3_bucket_public_access_block" "receipts" {
  bucket                  = aws_s3_bucket.receipts.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
